import {
  ElementError,
  END_OF_GLOBAL_WINDOW,
  MIN_TIMESTAMP,
  type SinkBatch,
  type SinkContext,
  showValue,
  type Timestamp,
} from '../../model/index.ts';
import { type Serializer, serializerOf } from './formats.ts';
import type { RawRecord } from './records.ts';
import type { AnyWriteOptions } from './write.ts';

/** Makes records of the elements of a write; those that can't be records are handed back. */
export class RecordMaker<T> {
  readonly #options: AnyWriteOptions<T>;
  readonly #place: string;
  readonly #key: Serializer;
  readonly #value: Serializer;

  constructor(options: AnyWriteOptions<T>, place: string) {
    this.#options = options;
    this.#place = place;
    this.#key = serializerOf(place, options.keyFormat ?? 'bytes');
    this.#value = serializerOf(place, options.valueFormat ?? 'bytes');
  }

  *records(
    { values, timestamps }: SinkBatch<T>,
    { step, reject, host }: Pick<SinkContext, 'step' | 'reject' | 'host'>,
  ): Generator<RawRecord, void, undefined> {
    const now = host.clock.now();
    for (const [index, element] of values.entries()) {
      const own = typeof timestamps === 'number' ? timestamps : (timestamps[index] ?? MIN_TIMESTAMP);
      let record: RawRecord;
      try {
        record = this.#recordOf(element, isInstant(own) ? own : now);
      } catch (cause) {
        reject(element, new ElementError(step, element, `${this.#place}: ${(cause as Error).message}`, { cause }));
        continue;
      }
      yield record;
    }
  }

  #recordOf(element: T, own: Timestamp): RawRecord {
    const { key: keyOf, value: valueOf, timestamp: timestampOf, partition, headers } = this.#options;
    const key = keyOf?.(element);
    const timestamp = timestampOf === undefined ? own : timestampOf(element, own);
    if (!Number.isFinite(timestamp)) {
      throw new TypeError(`timestamp gave ${showValue(timestamp)}. It is stored with the record. Give milliseconds.`);
    }
    return {
      timestamp,
      key: key === undefined || key === null ? null : this.#key.serialize(key),
      value: this.#value.serialize(valueOf === undefined ? element : valueOf(element)),
      ...(partition && { partition: partition(element) }),
      ...(headers && { headers: headers(element) }),
    };
  }
}

/** Whether a timestamp is one of a record: those at the ends stand for none. */
const isInstant = (timestamp: Timestamp): boolean => timestamp > MIN_TIMESTAMP && timestamp < END_OF_GLOBAL_WINDOW;
