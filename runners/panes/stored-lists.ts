import { ByteReader, ByteWriter, learningCoder, type StateSpace } from '../../model/index.ts';
import type { Reducer } from '../shuffle/index.ts';
import { type CellCodec, encodedBytes, endOf } from '../state/index.ts';
import type { HeldForm } from './held-form.ts';
import { writeUint32 } from './uint32.ts';

/** Values that belong together: some lie in the store, in pieces, the others here. */
interface StoredList {
  /** The name of its pieces; 0 before there is one. */
  id: number;
  pieces: number;
  values: unknown[];
}

/** So many values of a list tell how large the others are. */
const LOOKED_AT = 4;
/** What a list takes without its values, about. */
const LIST_BYTES = 16;

/** The row that says which list is the next. Rows of pieces have longer keys. */
const NEXT = new Uint8Array(1);

/**
 * Lists that grow in a store: a save appends what is new, and nothing is written twice or read before it is given out.
 *
 * A piece is written when the cell of its list is, so that both are there after a crash, or neither.
 */
export class StoredLists implements HeldForm {
  readonly reducer: Reducer;
  readonly codec: CellCodec<unknown>;
  readonly #space: StateSpace;
  readonly #values = learningCoder({ codegen: false });
  readonly #key = new ByteWriter(16);
  readonly #row = new ByteWriter();
  #next: number;
  #isNextSaved = true;

  constructor({ name }: Reducer, space: StateSpace) {
    this.#space = space;
    const next = space.get(NEXT);
    this.#next = next === undefined ? 1 : new ByteReader(next).readVarint();
    // What is passed to these was made by `first`, `empty`, `from` or the codec.
    this.reducer = {
      name,
      keepsValues: true,
      empty: () => newList([]),
      first: (value) => newList([value]),
      add: (list, value) => {
        (list as StoredList).values.push(value);
        return list;
      },
      merge: (a, b) => {
        for (const value of this.#all(b as StoredList)) (a as StoredList).values.push(value);
        this.drop(b);
        return a;
      },
      compact: (list) => list,
      finish: (list) => [...this.#all(list as StoredList)],
    };
    this.codec = {
      encode: (held, writer) => {
        const list = held as StoredList;
        if (list.values.length > 0) this.#append(list);
        writer.writeVarint(list.id);
        writer.writeVarint(list.pieces);
      },
      decode: (reader) => ({ id: reader.readVarint(), pieces: reader.readVarint(), values: [] }),
      bytesOf: (held) => LIST_BYTES + this.#bytesOf((held as StoredList).values),
    };
  }

  readonly from = (kept: unknown): StoredList => newList(kept as unknown[]); // of a reducer of lists

  readonly valueOf = (held: unknown): unknown => this.reducer.finish(held);

  readonly drop = (held: unknown): void => {
    const { pieces, id } = held as StoredList;
    if (pieces === 0) return;
    const from = this.#keyOf(id);
    this.#space.deleteRange(from, endOf(from));
  };

  readonly save = (): void => {
    if (this.#isNextSaved) return;
    this.#isNextSaved = true;
    const row = this.#row;
    row.reset();
    row.writeVarint(this.#next);
    this.#space.put(NEXT, row.toBytes());
  };

  /** In the order in which they came. */
  *#all({ id, pieces, values }: StoredList): Iterable<unknown> {
    if (pieces > 0) {
      const from = this.#keyOf(id);
      for (const { value } of this.#space.scan(from, endOf(from))) {
        yield* this.#values.decode(new ByteReader(value)) as readonly unknown[]; // what #append wrote
      }
    }
    yield* values;
  }

  #bytesOf(values: readonly unknown[]): number {
    if (values.length === 0) return 0;
    const first = values.slice(0, LOOKED_AT);
    return (encodedBytes(this.#values, first) * values.length) / first.length;
  }

  #append(list: StoredList): void {
    if (list.id === 0) {
      list.id = this.#next++;
      this.#isNextSaved = false;
    }
    const row = this.#row;
    row.reset();
    this.#values.encode(list.values, row);
    this.#space.put(this.#keyOf(list.id, list.pieces), row.toBytes());
    list.pieces++;
    list.values = [];
  }

  /** That of a piece, or what those of all pieces of a list begin with. */
  #keyOf(id: number, piece?: number): Uint8Array {
    const key = this.#key;
    key.reset();
    key.writeFloat64(id);
    if (piece !== undefined) writeUint32(piece, key);
    return key.toBytes();
  }
}

const newList = (values: unknown[]): StoredList => ({ id: 0, pieces: 0, values });
