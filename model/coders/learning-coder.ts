/**
 * The coder of the engine's own rows: it learns the shape of the values and generates code for it.
 *
 * The first values are walked structurally, keeping every trait they have, and looked at. From their shapes functions are
 * generated; each checks while it writes, and a value of another shape goes to the next function, in the end to the walk,
 * which looks at it and so widens a shape or adds one. A byte in front of each value says which shape wrote it (0 is the
 * walk), so what was written once is always read by the decoder of its time. A part whose shape varies has a learning coder
 * of its own.
 */
import type { Coder } from '../coder.ts';
import { CoderError } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { type CodegenOptions, type CompiledCoder, compilePrinted } from './compile-coder.ts';
import { coderOfShape, mergeShapes, type Shape, shapeOf } from './shape.ts';
import { exactCoder as walk } from './structural-coder.ts';

/** So many values are looked at before code is generated. */
const SAMPLES = 16;
/** So many shapes are tried on a value. */
const MAX_SHAPES = 4;
/** So many values are looked at in all: where every value is of a new shape, looking costs more than it gains. */
const MAX_LOOKS = 256;
const MAX_NESTED = 3;

/**
 * Makes a coder that learns the shape of its values, for spilling and shuffling in one process.
 *
 * It takes what `structuralCoder` takes and gives it back exactly: order, `-0`, holes and all; as fast as `compileCoder` on
 * the shape once 16 values were seen. Only the coder that wrote bytes can read them. It is not
 * deterministic. After a CoderError the writer is where it was.
 */
export function learningCoder({ codegen = true }: CodegenOptions = {}): Coder<unknown> {
  return codegen ? new LearningCoder(0) : careful;
}

/** The walk, leaving the writer where it was after an error. */
const careful: Coder<unknown> = {
  ...walk,
  encode(value, writer) {
    const start = writer.position;
    try {
      walk.encode(value, writer);
    } catch (error) {
      writer.position = start;
      throw error;
    }
  },
};

/** A place in the chain of functions that a value goes along. */
interface Link {
  encode: (value: unknown, writer: ByteWriter) => void;
}

/** A shape that is learned, and whether it is wider than its code. */
interface Alternative {
  shape: Shape;
  isStale: boolean;
}

class LearningCoder implements Coder<unknown> {
  readonly name = 'learning';
  readonly isDeterministic = false;
  encode: Coder<unknown>['encode'];
  decode: Coder<unknown>['decode'];
  private readonly nested: number;
  private readonly alternatives: Alternative[] = [];
  /** One link for each alternative and one that learns; the first is this coder itself. */
  private readonly links: Link[] = [this];
  private readonly decoders: CompiledCoder['decode'][] = [];
  private looks = 0;

  constructor(nested: number) {
    this.nested = nested;
    this.encode = (value, writer) => this.learn(value, writer);
    this.decode = (reader) => this.decodeTagged(reader.readByte(), reader);
  }

  private decodeTagged(tag: number, reader: ByteReader): unknown {
    if (tag === 0) return walk.decode(reader);
    const decode = this.decoders[tag - 1];
    if (decode === undefined) {
      throw new CoderError(
        undefined,
        `learning: before byte ${reader.position} stands shape ${tag}, which this coder has not learned. Only the coder that wrote bytes knows their shapes. Read them with that one.`,
      );
    }
    return decode(reader);
  }

  private learn(value: unknown, writer: ByteWriter): void {
    const start = writer.position;
    writer.writeByte(0);
    try {
      walk.encode(value, writer);
    } catch (error) {
      writer.position = start;
      throw error;
    }
    if (this.looks === MAX_LOOKS) return;
    this.lookAt(shapeOf(value));
    this.looks += 1;
    if (this.looks % SAMPLES !== 0) return;
    for (const [i, alternative] of this.alternatives.entries()) {
      if (alternative.isStale) this.compile(alternative, i);
    }
  }

  private lookAt(shape: Shape): void {
    if (shape.kind === 'mixed') return;
    for (const alternative of this.alternatives) {
      const merged = mergeShapes(alternative.shape, shape);
      if (merged.kind === 'mixed') continue;
      alternative.shape = merged;
      alternative.isStale = true;
      return;
    }
    if (this.alternatives.length < MAX_SHAPES) this.alternatives.push({ shape, isStale: true });
  }

  private compile(alternative: Alternative, index: number): void {
    alternative.isStale = false;
    const next = (this.links[index + 1] ??= { encode: (value, writer) => this.learn(value, writer) });
    const coder = coderOfShape(alternative.shape, () =>
      this.nested < MAX_NESTED ? new LearningCoder(this.nested + 1) : careful,
    );
    const compiled = compilePrinted(coder, next, { inOrder: true, tag: this.decoders.length + 1 });
    const link = this.links[index];
    if (compiled === undefined || link === undefined) return;
    this.decoders.push(compiled.decode);
    link.encode = compiled.encode;
  }
}
