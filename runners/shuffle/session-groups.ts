import {
  interval,
  type IntervalWindow,
  type KeyEncoder,
  keyEncoder,
  learningCoder,
  type PrimitiveKey,
  tableKey,
  type TimestampCombiner,
} from '../../model/index.ts';
import type { Batch } from '../execution/index.ts';
import { combineTimestamps, OUTPUT_BATCH } from './aligned-table.ts';
import { DiskList } from './disk-list.ts';
import { groupError } from './group-error.ts';
import type { Row } from './group-table.ts';
import { groupColumns, type GroupOutput } from './merging-table.ts';
import type { Partition } from './partitions.ts';
import type { Reducer } from './reducer.ts';
import type { RowCodec } from './row-codec.ts';
import { heapBytes } from './size-sample.ts';
import { sortedRows } from './sorted-rows.ts';
import type { Spill } from './spill.ts';

/** What such groups take from their step and run. */
export interface SessionGroupsSpec {
  readonly step: string;
  readonly reducer: Reducer;
  readonly spill: Spill;
  readonly codec: RowCodec;
  readonly combiner: TimestampCombiner;
  readonly codegen: boolean;
  /** How many bytes of rows may be grouped in memory at a time. */
  readonly partitionBytes: number;
}

/** A session with values of more bytes has them on disk. */
const LARGE_SESSION = 256 << 10;
/** How deep and how wide a value is looked into for its size. */
const LOOKED_INTO = 8;

/** Values of a session, on disk once they are many. */
interface Values {
  held: unknown[];
  bytes: number;
  list: DiskList | undefined;
}

/** A session that later rows may join: they come in the order of their starts. */
interface Open {
  readonly key: unknown;
  readonly start: number;
  end: number;
  timestamp: number;
  /** What the reducer keeps, or {@link Values} in place of a list of them. */
  content: unknown;
}

/**
 * Sessions of few keys with more in them than memory should hold, each key with many sessions or few with many values.
 *
 * Rows are sorted by their starts. Then one session of a key is open at a time: a row that begins before its end joins it
 * and may make it longer, and the first that does not is the beginning of the next one.
 */
export function* sessionGroups(partition: Partition, spec: SessionGroupsSpec): Iterable<Batch> {
  const { spill, codec, codegen, partitionBytes } = spec;
  const keys: KeyEncoder = keyEncoder({ codegen });
  const sessions = new Sessions(spec);
  const open = new Map<PrimitiveKey, Open>();
  const mostRows = Math.max(1, Math.floor((partition.count * partitionBytes) / partition.bytes));
  for (const row of sortedRows(partition.rows(), { spill, codec, mostRows, orderOf: startOf })) {
    const key = tableKey(row.key, keys.encode);
    const session = open.get(key);
    // Sessions are half-open: two that only touch stay apart.
    if (session !== undefined && startOf(row) < session.end) sessions.join(session, row);
    else {
      if (session !== undefined) sessions.close(session);
      open.set(key, sessions.begin(row));
    }
    if (sessions.isFull) yield sessions.take();
  }
  for (const session of open.values()) sessions.close(session);
  yield sessions.take();
}

// Windows of sessions are intervals.
const startOf = ({ window }: Row): number => (window as IntervalWindow).start;
const endOf = ({ window }: Row): number => (window as IntervalWindow).end;

/** Sessions from their first row to their group. */
class Sessions {
  readonly #spec: SessionGroupsSpec;
  readonly #newList: () => DiskList;
  #closed: GroupOutput[] = [];
  #bytes = 0;

  constructor(spec: SessionGroupsSpec) {
    this.#spec = spec;
    const { step, spill, codegen } = spec;
    const coder = learningCoder({ codegen });
    let file: ReturnType<Spill['file']> | undefined;
    this.#newList = () => {
      file ??= spill.file();
      return new DiskList({ step, file, coder, warn: spill.warn });
    };
  }

  begin(row: Row): Open {
    const { reducer } = this.#spec;
    const session: Open = {
      key: row.key,
      start: startOf(row),
      end: endOf(row),
      timestamp: row.timestamp,
      content: null,
    };
    if (reducer.keepsValues) {
      session.content = { held: [], bytes: 0, list: undefined } satisfies Values;
      this.#append(session.content as Values, row.value); // an accumulator that keeps values is one
    } else session.content = this.#try(row, () => (row.isReduced ? row.value : reducer.first(row.value)));
    return session;
  }

  join(session: Open, row: Row): void {
    const { reducer, combiner } = this.#spec;
    session.end = Math.max(session.end, endOf(row));
    if (combiner !== 'end-of-window') session.timestamp = combineTimestamps(combiner, session.timestamp, row.timestamp);
    if (reducer.keepsValues) return this.#append(session.content as Values, row.value);
    const { content } = session;
    session.content = this.#try(row, () =>
      row.isReduced ? reducer.merge(content, row.value) : reducer.add(content, row.value),
    );
  }

  /** Nothing joins it any more: its group comes out with the next batch. */
  close({ key, start, end, timestamp, content }: Open): void {
    const { reducer, combiner } = this.#spec;
    const window = interval(start, end);
    let value: unknown;
    if (reducer.keepsValues) {
      const { held, bytes, list } = content as Values; // `begin` made it
      this.#bytes += bytes;
      value = list === undefined ? held : list.values();
    } else value = this.#try({ key, value: content }, () => reducer.finish(content));
    this.#closed.push({
      value: { key, value },
      window,
      timestamp: combiner === 'end-of-window' ? window.maxTimestamp : Math.min(timestamp, window.maxTimestamp),
    });
  }

  get isFull(): boolean {
    return this.#closed.length >= OUTPUT_BATCH || this.#bytes > this.#spec.partitionBytes;
  }

  take(): Batch {
    const closed = this.#closed;
    this.#closed = [];
    this.#bytes = 0;
    return groupColumns(closed);
  }

  #append(values: Values, value: unknown): void {
    if (values.list !== undefined) return values.list.add(value);
    values.held.push(value);
    values.bytes += 8 + heapBytes(value, LOOKED_INTO);
    if (values.bytes < LARGE_SESSION) return;
    values.list = this.#newList();
    for (const one of values.held) values.list.add(one);
    values.held = [];
    values.bytes = 0;
  }

  #try(pair: Pick<Row, 'key' | 'value'>, call: () => unknown): unknown {
    try {
      return call();
    } catch (error) {
      throw groupError(this.#spec.step, error, pair);
    }
  }
}
