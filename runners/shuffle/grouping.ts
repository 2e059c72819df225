import { type Coder, KeyError, keyEncoder, type Timestamp, type WindowingStrategy } from '../../model/index.ts';
import type { Batch, Edge, Windows } from '../execution/index.ts';
import { AlignedTable, type TableSpec } from './aligned-table.ts';
import { diskGroups } from './disk-groups.ts';
import { groupError } from './group-error.ts';
import type { AddBatch, AddToGroup, GroupTable, Pair, Row } from './group-table.ts';
import { MergingTable } from './merging-table.ts';
import { hashOfKey, hashOfKeyAndWindow, type Partition, Partitions, type RowHash } from './partitions.ts';
import type { Reducer } from './reducer.ts';
import { RowCodec } from './row-codec.ts';
import { sessionGroups } from './session-groups.ts';
import type { Spill } from './spill.ts';

/** Past so many groups a Map misses the processor's cache at each look-up, and partitions on disk are faster. */
const MOST_GROUPS = 150_000;
/** A smaller table is not worth emptying. */
const LEAST_BYTES = 1 << 20;

/** What a grouping takes from its step and its run. */
export interface GroupingSpec {
  readonly step: string;
  /** That of its input. */
  readonly windowing: WindowingStrategy;
  readonly reducer: Reducer;
  readonly accumulatorCoder: Coder<unknown> | undefined;
  readonly codegen: boolean;
  readonly spill: Spill;
  /** How many bytes of rows may be grouped in memory at a time. */
  readonly partitionBytes: number;
}

/**
 * One GroupByKey or CombinePerKey while it runs: the edge that elements reach it by, then its groups.
 *
 * It starts as a table. A table that is too large is emptied into partitions on disk. A combine goes on with a new table
 * while more than half of its elements found their group there; otherwise, and for a group by key, elements go to disk as
 * they are. In the end each partition is grouped on its own.
 */
export class Grouping implements Edge {
  readonly name: string;
  readonly isFull = false;
  readonly ignoresTimestamps: boolean;
  /** Replaced when elements go to disk as they come; read it each time. */
  addPair: AddToGroup;
  /** Replaced as well. */
  addBatch: AddBatch | undefined;
  readonly #spec: GroupingSpec;
  readonly #codec: RowCodec;
  readonly #hashOf: RowHash;
  readonly #table: GroupTable;
  #partitions: Partitions | undefined;
  #isRead = false;

  constructor(spec: GroupingSpec) {
    this.name = spec.step;
    this.#spec = spec;
    this.ignoresTimestamps = spec.windowing.timestampCombiner === 'end-of-window' && !mergesWindows(spec);
    this.#codec = new RowCodec({
      codegen: spec.codegen,
      hasTimestamps: !this.ignoresTimestamps,
      accumulatorCoder: spec.accumulatorCoder,
    });
    this.#hashOf = mergesWindows(spec) ? hashOfKey : hashOfKeyAndWindow();
    this.#table = tableOf(spec, (size) => {
      if (size >= MOST_GROUPS) this.spill();
    });
    this.addPair = this.#table.add;
    this.addBatch = this.#table.addBatch;
  }

  add(value: unknown, timestamp: Timestamp, windows: Windows): void {
    // Elements of its input are pairs by the types of groupByKey and combinePerKey.
    const { key, value: held } = value as Pair;
    this.addPair(key, held, timestamp, windows);
  }

  flush(): void {}

  /** About how many bytes of memory it takes. */
  bytes(): number {
    return this.#table.bytes();
  }

  /** Gives memory back: what it holds goes to disk. */
  spill(): void {
    const { spill, reducer } = this.#spec;
    this.#partitions ??= new Partitions(spill, this.#codec, this.#hashOf);
    const partitions = this.#partitions;
    const isHitOften = this.#table.added > 2 * this.#table.size;
    this.#table.drain((row) => {
      if (reducer.keepsValues) appendValues(row, partitions);
      else partitions.append({ ...row, value: this.#compact(row) });
    });
    if (!reducer.keepsValues && isHitOften) return;
    this.addPair = (key, value, timestamp, windows) => this.#addToDisk({ key, value }, timestamp, windows);
    this.addBatch &&= (batch, from, to) => {
      const { values, timestamp, timestamps, windows, windowsColumn } = batch;
      for (let i = from; i < to; i++) {
        // What a grouping is given are pairs.
        this.#addToDisk(values[i] as Pair, timestamps?.[i] ?? timestamp, windowsColumn?.[i] ?? windows);
      }
    };
  }

  #compact({ key, value }: Row): unknown {
    try {
      return this.#spec.reducer.compact(value);
    } catch (error) {
      throw groupError(this.#spec.step, error, { key, value });
    }
  }

  /** Whether emptying it would give back memory worth mentioning. Its groups are not taken away while they are handed over. */
  get canSpill(): boolean {
    return !this.#isRead && this.#table.bytes() >= LEAST_BYTES;
  }

  *batches(): Iterable<Batch> {
    this.#isRead = true;
    if (this.#partitions === undefined) return yield* this.#table.batches();
    this.spill();
    yield* this.#finish(this.#partitions);
  }

  #addToDisk({ key, value }: Pair, timestamp: Timestamp, windows: Windows): void {
    try {
      for (let i = 0; i < windows.length; i++) {
        // The index is below the length.
        const window = windows[i] as Windows[number];
        this.#partitions?.append({ key, window, timestamp, isReduced: false, value });
      }
    } catch (error) {
      // A disk that is full is no failure of this element.
      throw error instanceof KeyError ? groupError(this.#spec.step, error, { key, value }) : error;
    }
  }

  *#finish(partitions: Partitions): Iterable<Batch> {
    for (const partition of partitions.all()) {
      if (partition.bytes <= this.#spec.partitionBytes) yield* this.#inMemory(partition);
      else yield* this.#large(partition, partitions);
    }
    partitions.remove();
  }

  *#large(partition: Partition, { canDivide, level }: Partitions): Iterable<Batch> {
    const { spill, windowing, reducer, codegen } = this.#spec;
    if (canDivide && !partition.isOneHash) {
      const parts = new Partitions(spill, this.#codec, this.#hashOf, level + 1);
      for (const row of partition.rows()) parts.append(row);
      yield* this.#finish(parts);
    } else if (reducer.keepsValues && !mergesWindows(this.#spec)) {
      const { step } = this.#spec;
      yield* diskGroups(partition.rows(), { step, spill, combiner: windowing.timestampCombiner, codegen });
    } else if (isSessions(this.#spec)) {
      const combiner = windowing.timestampCombiner;
      yield* sessionGroups(partition, { ...this.#spec, codec: this.#codec, combiner });
    } else yield* this.#inMemory(partition);
  }

  *#inMemory(partition: Partition): Iterable<Batch> {
    const table = tableOf(this.#spec, () => undefined);
    for (const row of partition.rows()) table.addRow(row);
    yield* table.batches();
  }
}

/** A row for each value of a list. All are one object, as memory is short: for what is kept partitions make one of their own. */
function appendValues(list: Row, partitions: Partitions): void {
  const row = { ...list, isReduced: false };
  // What keeps values keeps them in lists.
  for (const value of list.value as unknown[]) {
    row.value = value;
    partitions.append(row);
  }
}

const mergesWindows = ({ windowing: { windowFn, alreadyMerged } }: GroupingSpec): boolean =>
  windowFn.merge !== undefined && !alreadyMerged;

const isSessions = (spec: GroupingSpec): boolean =>
  mergesWindows(spec) && spec.windowing.windowFn.spec.kind === 'sessions';

/** A table for the windows of a step. */
function tableOf(spec: GroupingSpec, onGrowth: (size: number) => void): GroupTable {
  const { step, windowing, reducer, codegen } = spec;
  const table: TableSpec = {
    step,
    reducer,
    timestampCombiner: windowing.timestampCombiner,
    keys: keyEncoder({ codegen }),
    codegen,
    onGrowth,
    failed: (error, pair) => groupError(step, error, pair),
  };
  return mergesWindows(spec) ? new MergingTable(table, windowing.windowFn) : new AlignedTable(table);
}
