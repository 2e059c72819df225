import path from 'node:path';
import { OptionsError, type OptionValues } from 'viga';
import { type IsoDate, parseDate } from '../cases/index.ts';
import type { options } from './options.ts';

/** The options of a run, checked, with the bundled data where none was named. */
export interface Settings {
  readonly inputs: readonly string[];
  readonly population: string;
  /** Without a slash at its end. */
  readonly output: string;
  readonly start: IsoDate | undefined;
  readonly end: IsoDate | undefined;
  /** In percent. */
  readonly mostRejected: number | undefined;
}

const data = path.join(import.meta.dirname, '../data');

/** @throws OptionsError for the first option that makes no sense. */
export function settingsOf(values: OptionValues<typeof options>): Settings {
  const start = dateOption('start', values.start);
  const end = dateOption('end', values.end);
  if (start !== undefined && end !== undefined && start > end) {
    throw new OptionsError('start', `${start} is after --end=${end}. The daily tables would be empty. Swap the two.`);
  }
  const { input = [path.join(data, 'casos_covid_1k_2021schema.csv')], strictQuality } = values;
  if (strictQuality !== undefined && !(strictQuality >= 0 && strictQuality <= 100)) {
    throw new OptionsError(
      'strict-quality',
      `${strictQuality} is no percentage. It is how many of a hundred rows may be rejected. Give a number from 0 to 100.`,
    );
  }
  if (values.output === '') {
    throw new OptionsError(
      'output',
      'the name is empty. Results are written to this folder. Name one, e.g. out/covid.',
    );
  }
  return {
    inputs: input,
    population: values.population ?? path.join(data, 'poblacion_departamentos_dane2020.csv'),
    output: values.output.replace(/(?<=.)\/+$/, ''),
    start,
    end,
    mostRejected: strictQuality,
  };
}

function dateOption(name: 'start' | 'end', value: string | undefined): IsoDate | undefined {
  // parseDate knows what a date is; only the form that tables have is taken, as 1/2/2020 could be meant either way.
  if (value === undefined || (/^\d{4}-\d\d-\d\d$/.test(value) && parseDate(value) === value)) return value;
  throw new OptionsError(
    name,
    `'${value}' is no date. It limits the daily tables. Give a day as YYYY-MM-DD, e.g. 2020-03-06.`,
  );
}
