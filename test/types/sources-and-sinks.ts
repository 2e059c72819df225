import {
  OffsetTracker,
  type OffsetRange,
  type PCollection,
  type PDone,
  Pipeline,
  read,
  type RestrictionReader,
  type Sink,
  type Source,
  type SourceOutput,
  splittableParDo,
  write,
} from 'viga';
import { expectType } from './expect-type.ts';

const p = new Pipeline();

// Element, restriction and position of a source are inferred from its functions.
const numbers = p.apply(
  read({
    kind: 'source',
    name: 'CountTo100',
    initialRestriction: (): OffsetRange => ({ from: 0, to: 100 }),
    createTracker: (range) => new OffsetTracker(range),
    async read(_, tracker, output: SourceOutput<number>) {
      expectType<OffsetRange>()(tracker.currentRestriction());
      // @ts-expect-error: a position is a number
      tracker.tryClaim('1');
      for (let i = tracker.currentRestriction().from; tracker.tryClaim(i); i++) await output.emit({ values: [i] });
      return undefined;
    },
  }),
);
expectType<PCollection<number>>()(numbers);

// A reader of elements takes collections of such elements only.
declare const lines: RestrictionReader<string, { line: string }, OffsetRange, number>;
declare const files: PCollection<string>;
expectType<PCollection<{ line: string }>>()(files.apply(splittableParDo(lines)));
// @ts-expect-error: the reader reads names of files
numbers.apply(splittableParDo(lines));

// A sink takes what it can write, narrower elements too.
declare const numberSink: Sink<number>;
declare const anySink: Sink<unknown, string>;
expectType<PDone>()(numbers.apply(write(numberSink)));
expectType<PDone>()(numbers.apply(write(anySink)));
// @ts-expect-error: it writes numbers
files.apply(write(numberSink));

// A source may stand where one of wider elements is asked for.
declare const source: Source<number, OffsetRange, number>;
const wider: Source<unknown, OffsetRange, number> = source;
void wider;
