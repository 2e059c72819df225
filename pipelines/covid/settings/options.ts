import type { OptionSpecs } from 'viga';

/** What the pipeline can be asked for. */
export const options = {
  input: {
    type: 'string',
    array: true,
    describe: 'CSV files of cases, by path or pattern; may be given again. Default: the bundled 1,000 cases.',
  },
  population: {
    type: 'string',
    describe:
      'Population of the departments: a CSV file, or sqlite:FILE#TABLE, with the columns codigo_departamento, departamento, poblacion. Default: the bundled table.',
  },
  output: { type: 'string', default: 'out/covid', describe: 'The folder that results are written to.' },
  start: {
    type: 'string',
    describe: 'The first report date of the daily tables, YYYY-MM-DD. Default: the first report.',
  },
  end: { type: 'string', describe: 'The last report date of the daily tables, YYYY-MM-DD. Default: the last report.' },
  strictQuality: {
    type: 'number',
    describe: 'Publish nothing and fail if more than this percentage of the rows is rejected.',
  },
} as const satisfies OptionSpecs;
