import { ByteReader, ByteWriter, type CombineFn } from '../model/index.ts';
import { isEqual, show, textOf } from './compare.ts';
import { type LawOptions, type Samples, Trial } from './law.ts';

/** What {@link assertCombineFnLaws} needs to know. */
export interface CombineFnLaws<I, O> extends LawOptions {
  readonly inputs: Samples<I>;
  /** When two outputs are the same. Default: by content; give a tolerance for sums of fractions, which depend on their order. */
  readonly equals?: (a: O, b: O) => boolean;
}

/**
 * Checks a combiner: its output does not depend on the order of the inputs, on how they are parted, or on how the parts are
 * merged; accumulators that saw nothing change nothing; `compact` and the coder of the accumulator change nothing; outputs
 * can be taken at any time; accumulators share nothing; inputs are left as they were.
 *
 * @throws LawError for the first law that does not hold, with the inputs.
 * @example
 * import { mean } from 'viga';
 * import { assertCombineFnLaws } from 'viga/testing';
 * assertCombineFnLaws(mean, { inputs: (random) => Math.floor(random.next() * 100) });
 */
export function assertCombineFnLaws<I, A, O>(fn: CombineFn<I, A, O>, options: CombineFnLaws<I, O>): void {
  const check = new CombineCheck(fn, options);
  for (let run = 0; run < check.trial.runs; run++) check.run(check.trial.some(options.inputs));
}

const ORDER = 'Runners combine parts in any order. Make the accumulator hold what matters, whatever came first.';
const NEUTRAL = 'Runners merge what saw nothing as well. Make it change nothing.';

class CombineCheck<I, A, O> {
  readonly trial: Trial;
  readonly #fn: CombineFn<I, A, O>;
  readonly #equals: (a: O, b: O) => boolean;

  constructor(fn: CombineFn<I, A, O>, options: CombineFnLaws<I, O>) {
    this.trial = new Trial(`the combiner ${fn.name}`, options);
    this.#fn = fn;
    this.#equals = options.equals ?? isEqual;
  }

  run(inputs: readonly I[]): void {
    const fn = this.#fn;
    const before = inputs.map(textOf);
    const output = this.#synchronous(inputs);
    this.#same('the order of the inputs does not count', inputs, output, ORDER, () =>
      this.#folded(this.trial.shuffled(inputs)),
    );
    this.#same('parts can be merged in any order', inputs, output, ORDER, () => this.#merged(inputs));
    this.#same('merging one accumulator changes nothing', inputs, output, NEUTRAL, () =>
      fn.mergeAccumulators([this.#folded(inputs)]),
    );
    this.#same('an accumulator that saw nothing changes nothing', inputs, output, NEUTRAL, () =>
      fn.mergeAccumulators([fn.createAccumulator(), this.#folded(inputs), fn.createAccumulator()]),
    );
    const nothing = fn.extractOutput(fn.createAccumulator());
    this.#same('merging nothing is as good as a new accumulator', [], nothing, NEUTRAL, () => fn.mergeAccumulators([]));
    this.#compacted(inputs, output);
    this.#coded(inputs, output);
    this.#extractedTwice(inputs, output);
    this.trial.require(
      inputs.every((input, i) => textOf(input) === before[i]),
      'inputs are left as they were',
      () => `one of ${show(inputs)} was changed`,
      'Other steps still hold the element. Copy what you change.',
    );
  }

  /** The output of the inputs one after another, once it is clear that nothing has to be waited for. */
  #synchronous(inputs: readonly I[]): O {
    const accumulator = this.#folded(inputs);
    const output = this.#fn.extractOutput(accumulator);
    this.trial.require(
      !(accumulator instanceof Promise || output instanceof Promise),
      'all functions are synchronous',
      () => `of ${show(inputs)} one gave a promise`,
      'Values are combined at once. Call what is async in a map(...) before or after.',
    );
    return output;
  }

  #folded(inputs: readonly I[]): A {
    return inputs.reduce((accumulator, input) => this.#fn.addInput(accumulator, input), this.#fn.createAccumulator());
  }

  /** The inputs in random parts, merged a few at a time in random order, some parts compacted. */
  #merged(inputs: readonly I[]): A {
    const fn = this.#fn;
    let parts = this.trial.parts(this.trial.shuffled(inputs)).map((part) => {
      const accumulator = this.#folded(part);
      return this.trial.below(2) === 0 || fn.compact === undefined ? accumulator : fn.compact(accumulator);
    });
    while (parts.length > 1) {
      parts = this.trial.shuffled(parts);
      const some = parts.splice(0, 1 + this.trial.below(parts.length));
      parts.push(fn.mergeAccumulators(some));
    }
    return parts[0] ?? this.#fn.createAccumulator();
  }

  #compacted(inputs: readonly I[], output: O): void {
    if (this.#fn.compact === undefined) return;
    // It is there, as has been seen.
    const compact = (accumulator: A): A => this.#fn.compact?.(accumulator) as A;
    const law = 'compact changes no output';
    const remedy = 'It may be called at any time, or never. Keep all that later inputs need.';
    this.#same(law, inputs, output, remedy, () => {
      const [some = [], ...others] = this.trial.parts(inputs, 2);
      return others.flat().reduce((a, input) => compact(this.#fn.addInput(a, input)), compact(this.#folded(some)));
    });
  }

  #coded(inputs: readonly I[], output: O): void {
    const coder = this.#fn.accumulatorCoder;
    if (coder === undefined) return;
    const remedy = 'Accumulators are stored and sent. Write all of them.';
    this.#same('the accumulator coder changes no output', inputs, output, remedy, () => {
      const writer = new ByteWriter();
      coder.encode(this.#folded(inputs), writer);
      return coder.decode(new ByteReader(writer.bytes.slice(0, writer.position)));
    });
  }

  #extractedTwice(inputs: readonly I[], output: O): void {
    const remedy =
      'An accumulating window takes an output and goes on. Copy what the output shares with the accumulator.';
    this.#same('taking an output changes no later one', inputs, output, remedy, () => {
      const [some = [], ...others] = this.trial.parts(inputs, 2);
      const accumulator = this.#folded(some);
      this.#fn.extractOutput(accumulator);
      return others.flat().reduce((a, input) => this.#fn.addInput(a, input), accumulator);
    });
    const nothing = this.#fn.extractOutput(this.#fn.createAccumulator());
    const shared = 'Other keys would see these inputs. Make a new object in createAccumulator.';
    this.#folded(inputs);
    this.#same('accumulators share nothing', [], nothing, shared, () => this.#fn.createAccumulator());
  }

  #same(law: string, inputs: readonly I[], expected: O, remedy: string, make: () => A): void {
    const actual = this.#fn.extractOutput(make());
    const facts = (): string => `of ${show(inputs)} it gave ${show(expected)} once and ${show(actual)} now`;
    this.trial.require(this.#equals(actual, expected), law, facts, remedy);
  }
}
