import { OptionsError, type PBegin, type PCollection, type PTransform, ptransform, toList } from 'viga';
import { readCsv } from 'viga/io/csv';
import { readSqlite } from 'viga/io/sqlite';
import { type Population, type PopulationRow, populationOf } from './population.ts';

const columns = ['codigo_departamento', 'departamento', 'poblacion'] as const;

const sqlite = 'sqlite:';

/**
 * Reads a population table from a CSV file, or a table of an SQLite database as `sqlite:FILE#TABLE`; gives one element.
 *
 * @throws OptionsError if it is a database without a table.
 */
export function readPopulation(place: string): PTransform<PBegin, PCollection<Population>> {
  return ptransform('ReadPopulation', (pipeline: PBegin) =>
    pipeline
      .apply(rowsOf(place))
      .combineGlobally(toList<PopulationRow>())
      .map((rows) => populationOf(rows, place), { name: 'Population' }),
  );
}

function rowsOf(place: string): PTransform<PBegin, PCollection<PopulationRow>> {
  if (!place.startsWith(sqlite)) return readCsv({ files: place, columns, ignoreCase: true, skipEmptyLines: true });
  const at = place.lastIndexOf('#');
  const database = place.slice(sqlite.length, at);
  const table = place.slice(at + 1);
  if (at < 0 || database === '' || table === '') {
    throw new OptionsError(
      'population',
      `'${place}' names no table of a database. There is nothing to read. Give sqlite:FILE#TABLE, e.g. sqlite:people.db#poblacion.`,
    );
  }
  return readSqlite({ database, table, columns });
}
