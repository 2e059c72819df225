import {
  type BoundedWindow,
  encodeKey,
  learningCoder,
  type Timestamp,
  type TimestampCombiner,
  windowKey,
} from '../../model/index.ts';
import type { Batch } from '../execution/index.ts';
import { combineTimestamps, groupBatch } from './aligned-table.ts';
import { DiskList } from './disk-list.ts';
import type { Row } from './group-table.ts';
import type { Spill } from './spill.ts';

interface Group {
  readonly key: unknown;
  readonly window: BoundedWindow;
  timestamp: Timestamp;
  readonly list: DiskList;
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
  const lists = { step, file: spill.file(), coder: learningCoder({ codegen }), warn: spill.warn };
  const groups = new Map<string, Group>();
  for (const { key, window, timestamp, value } of rows) {
    const name = `${windowKey(window)} ${encodeKey(key)}`;
    let group = groups.get(name);
    if (group === undefined) {
      group = { key, window, timestamp, list: new DiskList(lists) };
      groups.set(name, group);
    }
    if (combiner !== 'end-of-window') group.timestamp = combineTimestamps(combiner, group.timestamp, timestamp);
    group.list.add(value);
  }
  for (const { key, window, timestamp, list } of groups.values()) {
    const timestamps = combiner === 'end-of-window' ? null : Float64Array.of(Math.min(timestamp, window.maxTimestamp));
    yield groupBatch([{ key, value: list.values() }], [window], timestamps);
  }
}
