import { asMap, type CombineFn, type PCollection, type PTransform, ptransform } from 'viga';
import type { Case } from './case.ts';
import type { IsoDate } from './dates.ts';
import type { FileSummary } from './file-summary.ts';

/** A case and the file it was read from, by its whole path: two folders may hold files of one name. */
export interface Sighting {
  readonly path: string;
  readonly case: Case;
}

/**
 * Keeps one row of each case id.
 *
 * Files are ordered by their newest accepted report date, then by their name; the row of the greatest file wins. Within
 * a file the row whose canonical bytes are greatest does, so the order of lines never matters.
 */
export function oneRowPerCase(files: PCollection<FileSummary>): PTransform<PCollection<Sighting>, PCollection<Case>> {
  return ptransform('OneRowPerCase', (sightings: PCollection<Sighting>) => {
    const newestReport = files.map(({ path, newestReport }) => ({ key: path, value: newestReport }), {
      name: 'NewestReport',
    });
    return sightings
      .keyBy((sighting) => sighting.case.id_caso)
      .combinePerKey(greatestPerFile)
      .map(({ value }, { sideInputs }) => greatestOf(value, sideInputs.newestReport).case, {
        name: 'GreatestFile',
        sideInputs: { newestReport: asMap(newestReport) },
      });
  });
}

/** The greatest row of each file: which file is the greatest is known only when all of them are read. */
const greatestPerFile: CombineFn<Sighting, readonly Sighting[], readonly Sighting[]> = {
  name: 'greatestPerFile',
  createAccumulator: () => [],
  addInput: withSighting,
  mergeAccumulators: (accumulators) => [...accumulators].flat().reduce(withSighting, []),
  extractOutput: (sightings) => sightings,
};

function withSighting(sightings: readonly Sighting[], added: Sighting): readonly Sighting[] {
  if (sightings.length === 0) return [added];
  const at = sightings.findIndex(({ path }) => path === added.path);
  const known = sightings[at];
  if (known === undefined) return [...sightings, added];
  return compareRows(added.case, known.case) > 0 ? sightings.with(at, added) : sightings;
}

function greatestOf(sightings: readonly Sighting[], newestReport: ReadonlyMap<string, IsoDate | null>): Sighting {
  const compare = (a: Sighting, b: Sighting): number =>
    compareText(newestReport.get(a.path) ?? '', newestReport.get(b.path) ?? '') ||
    compareText(a.case.archivo, b.case.archivo) ||
    compareRows(a.case, b.case);
  return sightings.reduce((greatest, next) => (compare(next, greatest) > 0 ? next : greatest));
}

/** By canonical bytes; of rows that tell the same, the one that stands first in its file is the greater. */
function compareRows(a: Case, b: Case): number {
  return Buffer.compare(canonicalBytes(a), canonicalBytes(b)) || b.linea - a.linea;
}

/** The normalized row without the place where it was read: equal rows have equal bytes. */
function canonicalBytes({ archivo, linea, ...told }: Case): Buffer {
  return Buffer.from(
    JSON.stringify(Object.values(told), (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
