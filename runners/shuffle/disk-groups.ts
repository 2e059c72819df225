import {
  type BoundedWindow,
  type Coder,
  CoderError,
  encodeKey,
  iterableData,
  type IterableData,
  learningCoder,
  type Timestamp,
  type TimestampCombiner,
  windowKey,
} from '../../model/index.ts';
import type { Batch } from '../execution/index.ts';
import { combineTimestamps, groupBatch } from './aligned-table.ts';
import { BlockFile, type BlockSequence } from './block-file.ts';
import type { Row } from './group-table.ts';
import type { Spill } from './spill.ts';

/** Values that lie on disk: read as they are iterated, as often as asked for. */
class DiskValues implements IterableData<unknown> {
  readonly [iterableData] = true as const;
  readonly #sequence: BlockSequence;
  readonly #coder: Coder<unknown>;
  readonly #kept: readonly unknown[];

  constructor(sequence: BlockSequence, coder: Coder<unknown>, kept: readonly unknown[]) {
    this.#sequence = sequence;
    this.#coder = coder;
    this.#kept = kept;
  }

  *[Symbol.iterator](): Iterator<unknown> {
    for (const reader of this.#sequence.blocks()) {
      while (!reader.isAtEnd()) yield this.#coder.decode(reader);
    }
    for (const value of this.#kept) yield value;
  }
}

interface Group {
  readonly key: unknown;
  readonly window: BoundedWindow;
  timestamp: Timestamp;
  readonly sequence: BlockSequence;
  /** Values that have no bytes. */
  readonly kept: unknown[];
}

/**
 * Groups of few keys with more values than memory should hold: each group's values become a sequence on disk, and the
 * iterable that functions get reads them from there. The file stays until the run ends, as an iterable may be kept.
 */
export function* diskGroups(
  rows: Iterable<Row>,
  spill: Spill,
  combiner: TimestampCombiner,
  codegen: boolean,
): Iterable<Batch> {
  const file = new BlockFile(spill.file());
  const coder = learningCoder({ codegen });
  const groups = new Map<string, Group>();
  for (const { key, window, timestamp, value } of rows) {
    const name = `${windowKey(window)} ${encodeKey(key)}`;
    let group = groups.get(name);
    if (group === undefined) {
      group = { key, window, timestamp, sequence: file.sequence(), kept: [] };
      groups.set(name, group);
    }
    if (combiner !== 'end-of-window') group.timestamp = combineTimestamps(combiner, group.timestamp, timestamp);
    const { writer } = group.sequence;
    const start = writer.position;
    try {
      coder.encode(value, writer);
    } catch (error) {
      if (!(error instanceof CoderError)) throw error;
      writer.position = start;
      spill.warn(error.message);
      group.kept.push(value);
      continue;
    }
    group.sequence.wrote();
  }
  for (const { key, window, timestamp, sequence, kept } of groups.values()) {
    const timestamps = combiner === 'end-of-window' ? null : Float64Array.of(timestamp);
    yield groupBatch([{ key, value: new DiskValues(sequence, coder, kept) }], [window], timestamps);
  }
}
