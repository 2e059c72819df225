import {
  type BoundedWindow,
  ByteReader,
  ByteWriter,
  CoderError,
  type CombineFn,
  type CombiningState,
  type StateSpec,
  type StateSpecs,
  type ValueState,
} from '../../model/index.ts';
import type { ListCells, MapCells, SortedCells } from '../state/index.ts';
import { bagHandle, mapHandle, orderedHandle, type Place, setHandle } from './collection-handles.ts';
import { handleRecord } from './handle-record.ts';
import { type CellPlace, type Collection, coderOf } from './kept.ts';

// The handles of state cells: views of what the call that is on keeps. Contents have the types that only these handles put
// there, which the casts say.

/** What a call lets its handles do. */
export interface CellAccess {
  readonly window: BoundedWindow;
  readonly key: unknown;
  /** Which call is on. */
  readonly call: number;
  /** Whether changes are taken back if the call fails. */
  readonly isAtomic: boolean;
  /** What a cell holds; undefined if it is empty. @throws Error when no call is on, like all that follow. */
  read(index: number): unknown;
  /** Puts other contents in its place; undefined clears it. */
  write(index: number, content: unknown): void;
  /** @throws Error unless this call is on. */
  assertOn(call: number): void;
  /** Says that the call has changed something besides cells. */
  changes(): void;
  /** Says how something besides is taken back; done in the opposite order. */
  undo(undo: () => void): void;
}

/** What the handles of a step's cells are made from. */
export interface HandleSpec {
  readonly step: string;
  readonly specs: StateSpecs;
  /** In the order of the specs. */
  readonly collections: readonly (Collection | undefined)[];
  readonly access: CellAccess;
  readonly codegen: boolean;
}

/** Makes the handles of declared cells. */
export function stateHandles({
  step,
  specs,
  collections,
  access,
  codegen,
}: HandleSpec): Readonly<Record<string, unknown>> {
  const handles = handleRecord<unknown>('state', 'state: { NAME: valueState() }');
  Object.entries(specs).forEach(([name, spec], index) => {
    handles[name] = stateHandle(spec, { access, index, name, step, codegen }, collections[index]);
  });
  return handles;
}

function stateHandle(spec: StateSpec<unknown>, place: Place & CellPlace, collection: Collection | undefined) {
  switch (spec.kind) {
    case 'value':
      return valueHandle(place);
    case 'combining':
      return combiningHandle(place, spec);
    case 'bag':
      return bagHandle(place, collection as ListCells<unknown>);
    case 'map':
      return mapHandle(place, collection as MapCells<unknown>);
    case 'set':
      return setHandle(place, collection as MapCells<unknown>);
    case 'orderedList':
      return orderedHandle(place, collection as SortedCells<unknown>);
    default:
      return spec.kind satisfies never;
  }
}

const valueHandle = ({ access, index }: Place): ValueState<unknown> => ({
  read: () => access.read(index),
  write: (value) => access.write(index, value),
  clear: () => access.write(index, undefined),
});

function combiningHandle(
  place: Place & CellPlace,
  { combineFn }: StateSpec<unknown>,
): CombiningState<unknown, unknown> {
  const { access, index } = place;
  // combiningState has one.
  const fn = combineFn as CombineFn<unknown, unknown, unknown>;
  const coder = coderOf(place, fn.accumulatorCoder);
  const writer = new ByteWriter(64);
  /** A copy that later changes of an accumulator do not reach. */
  const copyOf = (accumulator: unknown): unknown => {
    writer.reset();
    coder.encode(accumulator, writer);
    return coder.decode(new ByteReader(writer.toBytes()));
  };
  /** For extractOutput, which may change what it is given, and give out a part of it. What has no bytes is shared. */
  const spareOf = (accumulator: unknown): unknown => {
    try {
      return copyOf(accumulator);
    } catch (error) {
      if (error instanceof CoderError) return accumulator;
      throw error;
    }
  };
  const mayChange = (accumulator: unknown): boolean => typeof accumulator === 'object' && accumulator !== null;
  return {
    read() {
      const current = access.read(index);
      if (current === undefined) return fn.extractOutput(fn.createAccumulator());
      return fn.extractOutput(mayChange(current) ? spareOf(current) : current);
    },
    add(input) {
      let current = access.read(index);
      // addInput may change the accumulator that it is given: what a failed call leaves is another.
      if (access.isAtomic && mayChange(current)) current = copyOf(current);
      access.write(index, fn.addInput(current ?? fn.createAccumulator(), input));
    },
    clear: () => access.write(index, undefined),
  };
}
