import { asSingleton, type CombineFn, type PCollection, toList } from 'viga';
import { type Case, type FileSummary, nullableColumns } from '../cases/index.ts';
import { type CaseCounts, demandQuality, type Quality, qualityOf } from './quality.ts';

/** Measures a run; gives one element. The run fails there if more than `mostPercent` % of the rows were rejected. */
export function measureQuality(
  files: PCollection<FileSummary>,
  cases: PCollection<Case>,
  mostPercent: number | undefined,
): PCollection<Quality> {
  const counts = cases.combineGlobally(caseCounts, { name: 'CountNulls' });
  return files.combineGlobally(toList<FileSummary>(), { name: 'AllFiles' }).map(
    (all, { sideInputs }) => {
      const quality = qualityOf(all, sideInputs.counts);
      demandQuality(quality, mostPercent);
      return quality;
    },
    { name: 'Quality', sideInputs: { counts: asSingleton(counts) } },
  );
}

interface MutableCounts {
  cases: number;
  nulls: number[];
}

const caseCounts: CombineFn<Case, MutableCounts, CaseCounts> = {
  name: 'caseCounts',
  createAccumulator: nothing,
  addInput(counts, case_) {
    counts.cases++;
    nullableColumns.forEach((column, at) => {
      if (case_[column] === null) counts.nulls[at] = (counts.nulls[at] ?? 0) + 1;
    });
    return counts;
  },
  mergeAccumulators(parts) {
    const all = nothing();
    for (const { cases, nulls } of parts) {
      all.cases += cases;
      all.nulls = all.nulls.map((n, at) => n + (nulls[at] ?? 0));
    }
    return all;
  },
  extractOutput: (counts) => counts,
};

function nothing(): MutableCounts {
  return { cases: 0, nulls: nullableColumns.map(() => 0) };
}
