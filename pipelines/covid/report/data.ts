import type { Quality } from '../quality/index.ts';
import type { ModelReport } from '../forest/index.ts';
import type {
  desgloseGenero,
  distribucionEdad,
  promedioMovil7Dias,
  Row,
  topDepartamentosTasa,
} from '../refined/index.ts';

/** What the report shows: rows of refined tables in their order, what the model is worth, and the quality of the data. */
export interface ReportData {
  readonly departments: readonly Row<typeof topDepartamentosTasa.columns>[];
  readonly ages: readonly Row<typeof distribucionEdad.columns>[];
  readonly sexes: readonly Row<typeof desgloseGenero.columns>[];
  readonly days: readonly Row<typeof promedioMovil7Dias.columns>[];
  readonly model: ModelReport;
  readonly quality: Quality;
}

/** Writes a number for people: `1,234`. */
export function grouped(number: number): string {
  return number.toLocaleString('en-US');
}

/** Writes a share for people: `12.3 %`; a dash for none. */
export function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`;
}
