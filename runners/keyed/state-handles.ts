import {
  type BagState,
  ByteReader,
  ByteWriter,
  type CombineFn,
  type CombiningState,
  KeyError,
  type MapState,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  type OrderedListState,
  type PrimitiveKey,
  type SetState,
  type StateSpec,
  showValue,
  tableKey,
  type Timestamp,
  type TimestampedValue,
  type ValueState,
} from '../../model/index.ts';
import { type Bag, coderOf, type Entries, type Members, type Ordered } from './cell-kinds.ts';

// The handles of state cells: views of what the call that is on keeps. Their casts give contents the types that only these
// handles put there.

/** Takes back one change of a cell. */
export type Undo = (cells: unknown[]) => void;

/** What a call lets its handles do. All of it throws when no call is on. */
export interface CellAccess {
  /** What a cell holds; undefined if it is empty. */
  read(index: number): unknown;
  /** Puts other contents in its place; undefined clears it. */
  write(index: number, content: unknown): void;
  /** What it holds was changed where it is. */
  changed(index: number, undo: Undo): void;
  /** Whether changes are taken back if the call fails. */
  readonly isAtomic: boolean;
}

/** A cell as its handle sees it. */
interface Place {
  readonly access: CellAccess;
  readonly index: number;
  readonly name: string;
}

/** Makes the handles of declared cells, in the order of their declaration. */
export function stateHandles(
  specs: Readonly<Record<string, StateSpec<unknown>>>,
  access: CellAccess,
  codegen: boolean,
): Readonly<Record<string, unknown>> {
  const handles: Record<string, unknown> = Object.create(null);
  Object.entries(specs).forEach(([name, spec], index) => {
    handles[name] = stateHandle(spec, { access, index, name }, codegen);
  });
  return handles;
}

function stateHandle(spec: StateSpec<unknown>, place: Place, codegen: boolean): unknown {
  switch (spec.kind) {
    case 'value':
      return valueHandle(place);
    case 'bag':
      return bagHandle(place);
    case 'combining':
      return combiningHandle(place, spec, codegen);
    case 'map':
      return mapHandle(place);
    case 'set':
      return setHandle(place);
    case 'orderedList':
      return orderedHandle(place);
    default:
      return spec.kind satisfies never;
  }
}

const valueHandle = ({ access, index }: Place): ValueState<unknown> => ({
  read: () => access.read(index),
  write: (value) => access.write(index, value),
  clear: () => access.write(index, undefined),
});

const bagHandle = ({ access, index }: Place): BagState<unknown> => {
  const bag = (): Bag | undefined => access.read(index) as Bag | undefined;
  return {
    read: () => bag()?.slice() ?? [],
    isEmpty: () => bag() === undefined,
    add(value) {
      const values = bag();
      if (values === undefined) return access.write(index, [value]);
      values.push(value);
      access.changed(index, (cells) => (cells[index] as Bag).pop());
    },
    clear: () => access.write(index, undefined),
  };
};

function combiningHandle(
  { access, index }: Place,
  { combineFn }: StateSpec<unknown>,
  codegen: boolean,
): CombiningState<unknown, unknown> {
  // combiningState has one.
  const fn = combineFn as CombineFn<unknown, unknown, unknown>;
  const coder = coderOf(fn.accumulatorCoder, codegen);
  const writer = new ByteWriter(64);
  const bytesOf = (accumulator: unknown): Uint8Array => {
    writer.reset();
    coder.encode(accumulator, writer);
    return writer.toBytes();
  };
  const accumulator = (): unknown => access.read(index) ?? fn.createAccumulator();
  return {
    read() {
      const current = accumulator();
      const output = fn.extractOutput(current);
      // What goes on to change must not be given away.
      const isShared = output === current && typeof output === 'object' && output !== null;
      return isShared ? coder.decode(new ByteReader(bytesOf(output))) : output;
    },
    add(input) {
      const current = accumulator();
      if (access.isAtomic && typeof current === 'object' && current !== null && access.read(index) !== undefined) {
        // addInput may change the accumulator itself.
        const before = bytesOf(current);
        access.changed(index, (cells) => {
          cells[index] = coder.decode(new ByteReader(before));
        });
      }
      access.write(index, fn.addInput(current, input));
    },
    clear: () => access.write(index, undefined),
  };
}

function mapHandle({ access, index, name }: Place): MapState<unknown, unknown> {
  const map = (): Entries | undefined => access.read(index) as Entries | undefined;
  const form = (key: unknown): PrimitiveKey => formOf(`the key of the map '${name}'`, key);
  const put = (at: PrimitiveKey, entry: readonly [unknown, unknown] | undefined): Undo => {
    return (cells) => {
      const entries = (cells[index] ??= new Map()) as Entries;
      if (entry === undefined) entries.delete(at);
      else entries.set(at, entry);
      if (entries.size === 0) cells[index] = undefined;
    };
  };
  return {
    get: (key) => map()?.get(form(key))?.[1],
    has: (key) => map()?.has(form(key)) ?? false,
    set(key, value) {
      const entries = map();
      const at = form(key);
      if (entries === undefined) return access.write(index, new Map([[at, [key, value]]]));
      const before = entries.get(at);
      entries.set(at, [key, value]);
      access.changed(index, put(at, before));
    },
    delete(key) {
      const entries = map();
      const at = form(key);
      const before = entries?.get(at);
      if (entries === undefined || before === undefined) return;
      if (entries.size === 1) return access.write(index, undefined);
      entries.delete(at);
      access.changed(index, put(at, before));
    },
    keys: () => [...(map()?.values() ?? [])].map(([key]) => key),
    values: () => [...(map()?.values() ?? [])].map(([, value]) => value),
    entries: () => [...(map()?.values() ?? [])],
    clear: () => access.write(index, undefined),
  };
}

function setHandle({ access, index, name }: Place): SetState<unknown> {
  const set = (): Members | undefined => access.read(index) as Members | undefined;
  const form = (value: unknown): PrimitiveKey => formOf(`a member of the set '${name}'`, value);
  return {
    has: (value) => set()?.has(form(value)) ?? false,
    add(value) {
      const members = set();
      const at = form(value);
      if (members === undefined) return access.write(index, new Map([[at, value]]));
      if (members.has(at)) return;
      members.set(at, value);
      access.changed(index, (cells) => (cells[index] as Members).delete(at));
    },
    delete(value) {
      const members = set();
      const at = form(value);
      if (!members?.has(at)) return;
      if (members.size === 1) return access.write(index, undefined);
      const before = members.get(at);
      members.delete(at);
      access.changed(index, (cells) => (cells[index] as Members).set(at, before));
    },
    read: () => [...(set()?.values() ?? [])],
    clear: () => access.write(index, undefined),
  };
}

function orderedHandle({ access, index, name }: Place): OrderedListState<unknown> {
  const list = (): Ordered => (access.read(index) as Ordered | undefined) ?? [];
  const clearRange = (from: Timestamp, to: Timestamp): void => {
    const values = list();
    const start = firstFrom(values, from);
    const end = firstFrom(values, to);
    if (start >= end) return;
    if (end - start === values.length) return access.write(index, undefined);
    const removed = values.splice(start, end - start);
    access.changed(index, (cells) => (cells[index] as Ordered).splice(start, 0, ...removed));
  };
  return {
    add({ value, timestamp }: TimestampedValue<unknown>) {
      checkInstant(`a value of the ordered list '${name}'`, timestamp);
      const values = list();
      const entry = { value, timestamp };
      if (values.length === 0) return access.write(index, [entry]);
      const at = firstFrom(values, timestamp, true);
      values.splice(at, 0, entry);
      access.changed(index, (cells) => (cells[index] as Ordered).splice(at, 1));
    },
    read: () => list().slice(),
    readRange(from, to) {
      const values = list();
      return values.slice(firstFrom(values, from), firstFrom(values, to));
    },
    clearRange,
    clear: () => access.write(index, undefined),
  };
}

/** The place of the first value at or after an instant; `isAfter`: after it. Most values come in order, at the end. */
export function firstFrom(
  values: readonly { readonly timestamp: Timestamp }[],
  timestamp: Timestamp,
  isAfter = false,
): number {
  let low = 0;
  let high = values.length;
  const isBefore = (at: number): boolean => {
    const other = values[at]?.timestamp ?? MAX_TIMESTAMP;
    return isAfter ? other <= timestamp : other < timestamp;
  };
  if (high > 0 && isBefore(high - 1)) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @throws RangeError for what is no instant. */
export function checkInstant(what: string, timestamp: unknown): asserts timestamp is Timestamp {
  if (typeof timestamp === 'number' && timestamp >= MIN_TIMESTAMP && timestamp <= MAX_TIMESTAMP) return;
  throw new RangeError(
    `${what} has the timestamp ${showValue(timestamp)}. Time is a number of milliseconds between MIN_TIMESTAMP and MAX_TIMESTAMP. Pass e.g. date.getTime().`,
  );
}

function formOf(what: string, value: unknown): PrimitiveKey {
  try {
    return tableKey(value);
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    throw new TypeError(
      `${what} can't be found again: ${error.message}. It is compared by its content. Use plain data: text, numbers, dates, arrays and objects of these.`,
      { cause: error },
    );
  }
}
