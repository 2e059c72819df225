import { type PBegin, type PCollection, type PTransform, ptransform, toList } from 'viga';
import { readCsv } from 'viga/io/csv';
import { type Population, type PopulationRow, populationOf } from './population.ts';

const columns = ['codigo_departamento', 'departamento', 'poblacion'] as const;

/** Reads a population table from a CSV file, or a table of an SQLite database as `sqlite:FILE#TABLE`; gives one element. */
export function readPopulation(place: string): PTransform<PBegin, PCollection<Population>> {
  return ptransform('ReadPopulation', (pipeline: PBegin) => {
    const rows: PCollection<PopulationRow> = pipeline.apply(
      readCsv({ files: place, columns, ignoreCase: true, skipEmptyLines: true }),
    );
    return rows.combineGlobally(toList<PopulationRow>()).map((all) => populationOf(all, place), { name: 'Population' });
  });
}
