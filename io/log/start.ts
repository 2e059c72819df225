import type { DatabaseSync } from 'node:sqlite';
import { ConnectorError, showValue } from '../../model/index.ts';
import { OffsetOutOfRangeError } from './errors.ts';
import { offsetsOf, placeOf, type Topic } from './topics.ts';

/**
 * Where reading starts: with the first record that is there, with those that come from now on, or with given offsets by
 * partition. A partition that is not among them starts with its first record.
 */
export type StartOffset = 'earliest' | 'latest' | Readonly<Record<number, number>>;

/** Which partitions are read, and from where. */
export interface StartSpec {
  readonly partitions?: readonly number[];
  readonly start?: StartOffset;
}

/** Where to start in a partition, and the offset behind its last record now. */
export interface PartitionStart {
  readonly partition: number;
  readonly from: number;
  readonly latest: number;
}

/** @throws ConnectorError for partitions that are not there; OffsetOutOfRangeError for offsets that are not. */
export function startOffsets(
  db: DatabaseSync,
  file: string,
  topic: Topic,
  { partitions, start = 'earliest' }: StartSpec,
): readonly PartitionStart[] {
  const place = placeOf(file, topic.name);
  if (typeof start !== 'object' && start !== 'earliest' && start !== 'latest') {
    throw new ConnectorError(
      place,
      `start is ${showValue(start)}. It says which records are read. Pass 'earliest', 'latest', or offsets by partition, e.g. { 0: 12 }.`,
    );
  }
  const wanted = new Set(partitions ?? []);
  if (typeof start === 'object') for (const partition of Object.keys(start)) wanted.add(Number(partition));
  for (const partition of wanted) refuseUnknown(place, partition, topic.partitions);
  return offsetsOf(db, topic)
    .filter(({ partition }) => partitions === undefined || partitions.includes(partition))
    .map(({ partition, earliest, latest }) => {
      const from = start === 'latest' ? latest : start === 'earliest' ? earliest : (start[partition] ?? earliest);
      if (!Number.isSafeInteger(from) || from < earliest || from > latest) {
        throw new OffsetOutOfRangeError(
          `${place} partition ${partition}`,
          `reading is to start at offset ${from}, and there are those from ${earliest} to ${latest - 1}. Records would be skipped, or wait for ever. Start within them, or with 'earliest'.`,
        );
      }
      return { partition, from, latest };
    });
}

function refuseUnknown(place: string, partition: number, count: number): void {
  if (Number.isSafeInteger(partition) && partition >= 0 && partition < count) return;
  throw new ConnectorError(
    place,
    `there is no partition ${partition}. The topic has ${count}, from 0. Leave partitions out to read all.`,
  );
}
