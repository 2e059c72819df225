import {
  agesChart,
  type Chart,
  daysChart,
  departmentsChart,
  importancesChart,
  matrixChart,
  sexesChart,
} from './charts.ts';
import { grouped, percent, type ReportData } from './data.ts';
import type { Draw } from './draw.ts';
import { style } from './style.ts';

interface Figure {
  readonly name: string;
  readonly title: string;
  readonly note: string;
  readonly isWide: boolean;
  readonly chart: (data: ReportData, width: number) => Chart;
}

/** Widths that charts are drawn for: the text of a wide one would be too small on a phone. */
const widths = { whole: 1000, half: 480, phone: 340 };

/** Writes the report as one page that needs nothing from outside. */
export function pageOf(data: ReportData, draw: Draw): string {
  const { quality, days, sexes } = data;
  const deaths = sexes.reduce((sum, { muertes }) => sum + muertes, 0);
  const span = days.length === 0 ? 'no report day' : `${days[0]?.fecha} to ${days.at(-1)?.fecha}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>COVID-19 in Colombia</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>COVID-19 in Colombia</h1>
<p>Confirmed cases, ${escaped(span)}. Source: Instituto Nacional de Salud, open data set gt2j-8ykr; population: DANE. The numbers are in the folder refined beside this page.</p>
<dl>
${fact('Cases', grouped(quality.cases))}
${fact('Deaths', grouped(deaths))}
${fact('Rows rejected', grouped(Object.values(quality.rejected).reduce((sum, n) => sum + n, 0)))}
${fact('Duplicates', grouped(quality.duplicates))}
</dl>
</header>
<div class="figures">
${figuresOf(data)
  .map((figure) => figureOf(figure, data, draw))
  .join('\n')}
</div>
</main>
</body>
</html>
`;
}

function figuresOf({ model, sexes }: ReportData): readonly Figure[] {
  const lethality = sexes.map(({ sexo, letalidad_pct }) => `${sexo} ${letalidad_pct ?? '–'} %`).join(', ');
  return [
    {
      name: 'days',
      title: 'New cases per day',
      note: 'By the day of the report. The line is the mean of a day and the six before.',
      isWide: true,
      chart: daysChart,
    },
    {
      name: 'ages',
      title: 'Cases by age',
      note: 'Ages in months or days count as 0 years.',
      isWide: false,
      chart: agesChart,
    },
    {
      name: 'sexes',
      title: 'Cases by sex',
      note: `Of the cases died: ${lethality}.`,
      isWide: false,
      chart: sexesChart,
    },
    {
      name: 'departments',
      title: 'Cases per department',
      note: 'Districts count in the department around them.',
      isWide: true,
      chart: departmentsChart,
    },
    {
      name: 'matrix',
      title: 'Who dies: what a model foresees',
      note: `${grouped(model.heldOut.cases)} cases that the model has never seen. It foresaw ${percent(model.recall)} of the deaths; of the deaths it foresaw, ${percent(model.precision)} came.`,
      isWide: false,
      chart: matrixChart,
    },
    {
      name: 'importances',
      title: 'What the model looks at',
      note: 'By how much its balanced accuracy falls when it does not know a feature.',
      isWide: false,
      chart: importancesChart,
    },
  ];
}

function figureOf({ name, title, note, isWide, chart }: Figure, data: ReportData, draw: Draw): string {
  const label = escaped(title);
  const large = draw(chart(data, isWide ? widths.whole : widths.half), { id: `${name}-large`, label });
  const small = draw(chart(data, widths.phone), { id: `${name}-small`, label });
  return `<figure${isWide ? ' class="wide"' : ''}>
<figcaption><h2>${label}</h2><p>${escaped(note)}</p></figcaption>
<div class="large">${large}</div>
<div class="small">${small}</div>
</figure>`;
}

function fact(name: string, value: string): string {
  return `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
