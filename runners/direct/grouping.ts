import { ElementError, type KeyEncoder, KeyError, keyEncoder, type WindowingStrategy } from '../../model/index.ts';
import type { Batch, Edge } from '../execution/index.ts';
import { AlignedTable, type TableSpec } from './aligned-table.ts';
import type { AddToGroup, GroupTable, Pair } from './group-table.ts';
import { MergingTable } from './merging-table.ts';
import { combineError, type Reducer } from './reducer.ts';

/** What a grouping takes from its step and its run. */
export interface GroupingSpec {
  readonly step: string;
  /** That of its input. */
  readonly windowing: WindowingStrategy;
  readonly reducer: Reducer;
  readonly codegen: boolean;
}

/** One GroupByKey or CombinePerKey while it runs: the edge that elements reach it by, then its groups. */
export class Grouping implements Edge {
  readonly name: string;
  readonly isFull = false;
  add: Edge['add'];
  readonly #table: GroupTable;

  constructor(spec: GroupingSpec) {
    this.name = spec.step;
    this.#table = tableOf(spec, () => undefined);
    this.add = this.#table.add as AddToGroup as Edge['add'];
  }

  flush(): void {}

  batches(): Iterable<Batch> {
    return this.#table.batches();
  }
}

/** A table for the windows of a step. */
export function tableOf(spec: GroupingSpec, onGrowth: (size: number) => void): GroupTable {
  const { step, windowing, reducer, codegen } = spec;
  const keys: KeyEncoder = keyEncoder({ codegen });
  const table: TableSpec = {
    step,
    reducer,
    timestampCombiner: windowing.timestampCombiner,
    keys,
    codegen,
    onGrowth,
    failed: (error, pair) => groupError(step, error, pair),
  };
  const merges = windowing.windowFn.merge !== undefined && !windowing.alreadyMerged;
  return merges ? new MergingTable(table, windowing.windowFn) : new AlignedTable(table);
}

function groupError(step: string, error: unknown, pair: Pair): Error {
  if (!(error instanceof KeyError)) return combineError(step, error, pair.value);
  return new ElementError(
    step,
    pair.key,
    `its key can't group: ${error.message}. Equal keys must have equal bytes. Use a key of plain data: text, numbers, dates, bytes, arrays and objects of these.`,
    { cause: error },
  );
}
