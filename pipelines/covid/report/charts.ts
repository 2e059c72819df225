import type { EChartsOption } from 'echarts';
import type { ModelReport } from '../forest/index.ts';
import { grouped, percent, type ReportData } from './data.ts';

/** A chart in the size that it is drawn for. */
export interface Chart {
  readonly option: EChartsOption;
  readonly width: number;
  readonly height: number;
}

const ink = '#24313f';
const faint = '#dfe4ea';
const cases = '#3b7ea8';
const mean = '#c2542d';

const text = { fontFamily: 'system-ui, sans-serif', fontSize: 13, color: ink };
const base = { animation: false, textStyle: text } as const;
const label = { show: true, color: ink, fontSize: 12 } as const;
const grid = { left: 14, right: 16, top: 16, bottom: 8, containLabel: true } as const;
const countAxis = {
  type: 'value',
  minInterval: 1,
  splitNumber: 4,
  axisLabel: { color: ink, formatter: (value: number) => grouped(value) },
  splitLine: { lineStyle: { color: faint } },
} as const;
const nameAxis = {
  type: 'category',
  axisLabel: { color: ink },
  axisTick: { show: false },
  axisLine: { lineStyle: { color: faint } },
} as const;

/** Cases of each department, the most at the top. */
export function departmentsChart({ departments }: ReportData, width: number): Chart {
  const rows = departments.toSorted((a, b) => b.casos - a.casos || a.posicion - b.posicion);
  return {
    width,
    height: 40 + rows.length * 22,
    option: {
      ...base,
      grid: { ...grid, right: 64 },
      // Each bar has its number; on a phone those of the axis would stand on each other.
      xAxis: { ...countAxis, splitNumber: 3, axisLabel: { show: false } },
      yAxis: { ...nameAxis, inverse: true, data: rows.map(({ nombre_departamento }) => nombre_departamento) },
      series: [
        barsOf(
          rows.map(({ casos }) => casos),
          'right',
        ),
      ],
    },
  };
}

/** Cases of each age group. */
export function agesChart({ ages }: ReportData, width: number): Chart {
  return upright(
    ages.map(({ grupo }) => grupo),
    ages.map(({ casos }) => casos),
    width,
  );
}

/** Cases of both sexes. */
export function sexesChart({ sexes }: ReportData, width: number): Chart {
  return upright(
    sexes.map(({ sexo }) => (sexo === 'F' ? 'Women' : 'Men')),
    sexes.map(({ casos }) => casos),
    width,
  );
}

/** New cases of each day, and their mean over seven days as a line. */
export function daysChart({ days }: ReportData, width: number): Chart {
  return {
    width,
    height: 340,
    option: {
      ...base,
      legend: { top: 0, left: 0, itemWidth: 16, itemHeight: 10, textStyle: text },
      // Half of the last date stands right of its bar.
      grid: { ...grid, top: 40, right: 40 },
      xAxis: { ...nameAxis, data: days.map(({ fecha }) => fecha), axisLabel: { color: ink, hideOverlap: true } },
      yAxis: countAxis,
      series: [
        { name: 'New cases', type: 'bar', data: days.map(({ casos_nuevos }) => casos_nuevos), color: cases },
        {
          name: 'Mean of 7 days',
          type: 'line',
          data: days.map(({ media_7dias }) => Number(media_7dias)),
          color: mean,
          showSymbol: false,
          lineStyle: { width: 2.5 },
        },
      ],
    },
  };
}

/** What the model said against what came; the darker a field, the larger its share of its row. */
export function matrixChart({ model }: ReportData, width: number): Chart {
  const said = ['Recovery', 'Death'];
  return {
    width,
    height: 280,
    option: {
      ...base,
      grid: { ...grid, top: 28, left: 24 },
      xAxis: { ...nameAxis, position: 'top', name: 'The model said', nameLocation: 'middle', nameGap: 28, data: said },
      yAxis: { ...nameAxis, name: 'What came', nameLocation: 'middle', nameGap: 70, data: said.toReversed() },
      visualMap: { show: false, min: 0, max: 1, dimension: 2, inRange: { color: ['#f3f6f9', cases] } },
      series: [
        {
          type: 'heatmap',
          data: fieldsOf(model).map(({ at, count, ofRow }) => ({
            value: [...at, ofRow ?? 0],
            label: {
              ...label,
              fontSize: 14,
              color: (ofRow ?? 0) > 0.6 ? '#ffffff' : ink,
              formatter: `${grouped(count)}\n${percent(ofRow)}`,
            },
          })),
          itemStyle: { borderColor: '#ffffff', borderWidth: 3 },
        },
      ],
    },
  };
}

const featureNames = new Map([
  ['edad', 'Age'],
  ['sexo', 'Sex'],
  ['tipo_contagio', 'Contagion'],
  ['codigo_departamento', 'Department'],
]);

/** By how much the model gets worse without each feature. */
export function importancesChart({ model }: ReportData, width: number): Chart {
  const rows = model.featureImportances;
  return {
    width,
    height: 280,
    option: {
      ...base,
      grid: { ...grid, right: 56 },
      xAxis: { ...countAxis, minInterval: 0, splitNumber: 3, axisLabel: { color: ink } },
      yAxis: { ...nameAxis, inverse: true, data: rows.map(({ feature }) => featureNames.get(feature) ?? feature) },
      series: [
        {
          type: 'bar',
          data: rows.map(({ importance }) => importance),
          color: cases,
          label: { ...label, position: 'right', formatter: ({ value }) => Number(value).toFixed(3) },
        },
      ],
    },
  };
}

/** The fields of the matrix: place, count and share of their row. */
function fieldsOf({ confusionMatrix: matrix }: ModelReport) {
  const { truePositives, falseNegatives, falsePositives, trueNegatives } = matrix;
  const died = truePositives + falseNegatives;
  const lived = falsePositives + trueNegatives;
  const field = (at: readonly [number, number], count: number, row: number) => ({
    at,
    count,
    ofRow: row === 0 ? null : count / row,
  });
  return [
    field([0, 0], falseNegatives, died),
    field([1, 0], truePositives, died),
    field([0, 1], trueNegatives, lived),
    field([1, 1], falsePositives, lived),
  ];
}

function upright(names: readonly string[], counts: readonly number[], width: number): Chart {
  return {
    width,
    height: 280,
    option: {
      ...base,
      grid: { ...grid, top: 28 },
      xAxis: { ...nameAxis, data: [...names] },
      yAxis: countAxis,
      series: [barsOf(counts, 'top')],
    },
  };
}

function barsOf(counts: readonly number[], position: 'top' | 'right') {
  return {
    type: 'bar' as const,
    data: [...counts],
    color: cases,
    barMaxWidth: 72,
    label: { ...label, position, formatter: ({ value }: { value?: unknown }) => grouped(Number(value)) },
  };
}
