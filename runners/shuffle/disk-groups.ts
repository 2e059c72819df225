import {
  type BoundedWindow,
  type Coder,
  CoderError,
  ElementError,
  encodeKey,
  iterableData,
  type IterableData,
  learningCoder,
  messageOf,
  type Timestamp,
  type TimestampCombiner,
  windowKey,
} from '../../model/index.ts';
import type { Batch } from '../execution/index.ts';
import { combineTimestamps, groupBatch } from './aligned-table.ts';
import type { BlockSequence } from './block-file.ts';
import type { Row } from './group-table.ts';
import type { Spill } from './spill.ts';

/** Values that lie on disk: read as they are iterated, as often as asked for. */
class DiskValues implements IterableData<unknown> {
  readonly [iterableData] = true as const;
  readonly #sequence: BlockSequence;
  readonly #coder: Coder<unknown>;
  readonly #kept: readonly unknown[];
  readonly #step: string;

  constructor({ sequence, kept }: Group, coder: Coder<unknown>, step: string) {
    this.#sequence = sequence;
    this.#coder = coder;
    this.#kept = kept;
    this.#step = step;
  }

  *[Symbol.iterator](): Iterator<unknown> {
    try {
      for (const reader of this.#sequence.blocks()) {
        while (!reader.isAtEnd()) yield this.#coder.decode(reader);
      }
    } catch (error) {
      // As an error of the grouping: the function that iterates is not at fault, nor is its element.
      throw new ElementError(
        this.#step,
        undefined,
        `values of a group could not be read back from disk: ${messageOf(error)} They did not fit into memory. Raise the memory limit, or mend the disk that TMPDIR lies on.`,
        { cause: error },
      );
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

/** What such groups take from their step and run. */
export interface DiskGroupsSpec {
  readonly step: string;
  readonly spill: Spill;
  readonly combiner: TimestampCombiner;
  readonly codegen: boolean;
}

/**
 * Groups of few keys with more values than memory should hold: each group's values become a sequence on disk, and the
 * iterable that functions get reads them from there. The file stays until the run ends, as an iterable may be kept.
 */
export function* diskGroups(rows: Iterable<Row>, { step, spill, combiner, codegen }: DiskGroupsSpec): Iterable<Batch> {
  const file = spill.file();
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
  for (const group of groups.values()) {
    const timestamps =
      combiner === 'end-of-window' ? null : Float64Array.of(Math.min(group.timestamp, group.window.maxTimestamp));
    yield groupBatch([{ key: group.key, value: new DiskValues(group, coder, step) }], [group.window], timestamps);
  }
}
