// Confirmed cases of COVID-19 in Colombia: published files of any layout become a table of cases, nine refined tables, a
// model that foresees deaths, and a report.
//
//   node pipelines/covid.ts --runner=direct
//   node pipelines/covid.ts --input='downloads/*.csv' --output=out/mine --strict-quality=1
import { definePipeline, type PCollection } from 'viga';
import { runIfMain } from 'viga/cli';
import { writeJson } from 'viga/io/json';
import { type Case, oneRowPerCase, readRows, summarizeFiles } from './covid/cases/index.ts';
import { deathModel } from './covid/forest/index.ts';
import { writeCases, writePage, writeRejections, writeTable } from './covid/outputs/index.ts';
import { readPopulation } from './covid/population/index.ts';
import { measureQuality } from './covid/quality/index.ts';
import {
  ageGroup,
  dailyCounts,
  desgloseGenero,
  distribucionAtencion,
  distribucionEdad,
  hitos1000Casos,
  indicadoresDepartamento,
  noOutcome,
  promedioMovil7Dias,
  refine,
  resumenNacionalDiario,
  type TableSettings,
  tallyPer,
  tendenciasMensuales,
  topDepartamentosTasa,
} from './covid/refined/index.ts';
import { report } from './covid/report/index.ts';
import { options, settingsOf } from './covid/settings/index.ts';

const pipeline = definePipeline({
  name: 'covid',
  describe:
    'Cases of COVID-19 in Colombia: cleaned, counted by department, day, age and sex, with a model and a report.',
  options,
  build(pipeline, values) {
    const { inputs, population, output, start, end, mostRejected } = settingsOf(values);

    const rows = pipeline.apply(readRows(inputs));
    const files = rows.apply(summarizeFiles());
    const cases = rows.apply(oneRowPerCase(files));
    const quality = measureQuality(files, cases, mostRejected);
    rows.apply(writeRejections(`${output}/rejected`));
    cases.apply(writeCases(`${output}/trusted/casos`));
    quality.apply(writeJson({ files: `${output}/quality.json`, document: 'single' }), { name: 'WriteQuality' });

    const people = pipeline.apply(readPopulation(population));
    const tables = writeTables(cases, { population: people, start, end }, `${output}/refined`);
    const { model, report: modelReport } = cases.apply(deathModel());
    model.apply(writeJson({ files: `${output}/refined/model.json`, document: 'single' }), { name: 'WriteModel' });
    modelReport.apply(writeJson({ files: `${output}/refined/model_report.json`, document: 'single' }), {
      name: 'WriteModelReport',
    });
    quality.apply(report({ ...tables, model: modelReport })).apply(writePage(`${output}/report.html`));
  },
});

/** Makes and writes the refined tables; gives those that the report shows. */
function writeTables(cases: PCollection<Case>, settings: TableSettings, folder: string) {
  const daily = cases.apply(dailyCounts());
  const departments = daily.apply(refine(topDepartamentosTasa, settings));
  const days = daily.apply(refine(promedioMovil7Dias, settings));
  const perAge = cases.apply(tallyPer('Age', (case_) => ageGroup(case_.edad)));
  const perSex = cases.apply(tallyPer('Sex', (case_) => case_.sexo));
  const perOutcome = cases.apply(tallyPer('Outcome', (case_) => case_.atencion ?? noOutcome));
  const ages = perAge.apply(refine(distribucionEdad, settings));
  const sexes = perSex.apply(refine(desgloseGenero, settings));
  departments.apply(writeTable(topDepartamentosTasa, folder));
  days.apply(writeTable(promedioMovil7Dias, folder));
  ages.apply(writeTable(distribucionEdad, folder));
  sexes.apply(writeTable(desgloseGenero, folder));
  daily.apply(refine(indicadoresDepartamento, settings)).apply(writeTable(indicadoresDepartamento, folder));
  daily.apply(refine(tendenciasMensuales, settings)).apply(writeTable(tendenciasMensuales, folder));
  daily.apply(refine(hitos1000Casos, settings)).apply(writeTable(hitos1000Casos, folder));
  daily.apply(refine(resumenNacionalDiario, settings)).apply(writeTable(resumenNacionalDiario, folder));
  perOutcome.apply(refine(distribucionAtencion, settings)).apply(writeTable(distribucionAtencion, folder));
  return { departments, days, ages, sexes };
}

export default pipeline;
await runIfMain(import.meta, pipeline);
