import type { RestrictionTracker } from '../../model/index.ts';
import type { RecordPosition } from './records.ts';

/** The records of a partition from `from` up to, not including, `to`; null for all that will ever come. */
export interface PartitionRange {
  readonly partition: number;
  readonly from: number;
  readonly to: number | null;
}

/** What is read of a topic. Plain data: it goes into saved state. */
export interface LogRestriction {
  /** Tells the topic from another one of its name. */
  readonly uid: string;
  readonly ranges: readonly PartitionRange[];
}

/** A range while it is read. */
interface Cursor {
  readonly partition: number;
  readonly from: number;
  to: number | null;
  next: number;
  /** The end of the partition as it was last seen. */
  latest: number;
}

/** What of a partition is read next. */
export interface Reach {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

const isRead = ({ to, next }: Cursor): boolean => to !== null && next >= to;

/** Tells which records are being read: offsets by partition, each of which only grows. */
export class LogTracker implements RestrictionTracker<LogRestriction, RecordPosition> {
  readonly #uid: string;
  readonly #cursors: readonly Cursor[];

  constructor({ uid, ranges }: LogRestriction) {
    this.#uid = uid;
    this.#cursors = ranges.map(({ partition, from, to }) => ({ partition, from, to, next: from, latest: from }));
  }

  get uid(): string {
    return this.#uid;
  }

  get isDone(): boolean {
    return this.#cursors.every(isRead);
  }

  /** What is to be read yet, by partition. */
  reaches(): readonly Reach[] {
    return this.#cursors
      .filter((cursor) => !isRead(cursor))
      .map(({ partition, next, to }) => ({ partition, from: next, to: to ?? Number.MAX_SAFE_INTEGER }));
  }

  /** Notes where a partition ends now: what remains is counted up to there. */
  seeLatest(partition: number, latest: number): void {
    const cursor = this.#cursorOf(partition);
    cursor.latest = Math.max(cursor.latest, latest);
  }

  /** Ends a partition that would be read for ever; one that has an end keeps it. */
  endAt(partition: number, end: number): void {
    const cursor = this.#cursorOf(partition);
    cursor.to ??= Math.max(end, cursor.next);
  }

  currentRestriction(): LogRestriction {
    return this.#with(this.#cursors.map(({ partition, from, to }) => ({ partition, from, to })));
  }

  tryClaim({ partition, offset }: RecordPosition): boolean {
    const cursor = this.#cursorOf(partition);
    if (offset < cursor.next) {
      throw new RangeError(
        `offset ${offset} of partition ${partition} was claimed after ${cursor.next - 1}. Offsets only grow, or records would be read twice. Claim each once, in order.`,
      );
    }
    if (cursor.to !== null && offset >= cursor.to) return false;
    cursor.next = offset + 1;
    return true;
  }

  trySplit(fraction: number): { readonly primary: LogRestriction; readonly residual: LogRestriction } | undefined {
    const rest: PartitionRange[] = [];
    for (const cursor of this.#cursors) {
      const { partition, to, next } = cursor;
      const known = to ?? Math.max(cursor.latest, next);
      const at = next + Math.max(0, Math.floor((known - next) * fraction));
      if (to !== null && at >= to) continue;
      cursor.to = at;
      rest.push({ partition, from: at, to });
    }
    return rest.length === 0 ? undefined : { primary: this.currentRestriction(), residual: this.#with(rest) };
  }

  remaining(): LogRestriction {
    return this.#with(this.#cursors.map(({ partition, next, to }) => ({ partition, from: next, to })));
  }

  progress(): { readonly completed: number; readonly remaining: number } {
    let completed = 0;
    let remaining = 0;
    for (const { from, to, next, latest } of this.#cursors) {
      completed += next - from;
      remaining += (to ?? Math.max(latest, next)) - next;
    }
    return { completed, remaining };
  }

  checkDone(): void {
    const open = this.#cursors.find((cursor) => !isRead(cursor));
    if (open === undefined) return;
    throw new RangeError(
      `reading ended before offset ${open.next} of partition ${open.partition}, and goes up to ${open.to ?? 'what will come'}. Those records would be lost. Read until all is claimed, or ask to be resumed.`,
    );
  }

  #with(ranges: readonly PartitionRange[]): LogRestriction {
    return { uid: this.#uid, ranges };
  }

  #cursorOf(partition: number): Cursor {
    const cursor = this.#cursors.find((one) => one.partition === partition);
    if (cursor !== undefined) return cursor;
    throw new RangeError(
      `partition ${partition} is not part of what is read. Someone else reads it. Claim what reaches() gives.`,
    );
  }
}
