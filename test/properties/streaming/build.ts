// A pipeline from its description, and the description as a program.
import {
  customWindows,
  END_OF_GLOBAL_WINDOW,
  fixedWindows,
  flatten,
  globalWindows,
  interval,
  type IntervalWindow,
  mergeOverlapping,
  outputTag,
  type PCollection,
  Pipeline,
  ptransform,
  sessions,
  slidingWindows,
} from '../../../index.ts';
import { type AnyWindowFn, MIN_TIMESTAMP } from '../../../model/index.ts';
import { at, testStream } from '../../../testing/index.ts';
import type { Case, Event, Op, Tag, Windows } from './cases.ts';
import { besides, GROUPINGS, KEYED, keyedBesides, PLAIN } from './steps.ts';

type Numbers = PCollection<number>;

/** A collection of a random pipeline, and of which collections of the test stream it is made. */
interface Made {
  readonly name: string;
  readonly collection: Numbers;
  readonly tags: ReadonlySet<Tag>;
}

/** A step that can be added, and how it is written in a program. */
interface Addition {
  readonly inputs: readonly Made[];
  readonly step: (...inputs: readonly [Numbers, ...Numbers[]]) => Numbers;
  readonly code: string;
}

export interface Built {
  readonly pipeline: Pipeline;
  readonly collections: readonly Numbers[];
  /** The same as a program, for a file beside this one. */
  readonly program: string;
}

/** Steps that have no possible input are left out. */
export function build({ events, ops }: Case): Built {
  const pipeline = new Pipeline();
  const { a, b } = pipeline.apply(streamOf(events));
  const made: Made[] = [
    { name: 'a', collection: a, tags: new Set(['a']) },
    { name: 'b', collection: b, tags: new Set(['b']) },
  ];
  const lines: string[] = [];
  const hasClock = events.some(({ kind }) => kind === 'clock');
  for (const op of ops) {
    const addition = additionOf(op, made, hasClock);
    const [first, ...others] = addition?.inputs ?? [];
    if (addition === undefined || first === undefined) continue;
    const { inputs, step, code } = addition;
    const name = `c${made.length}`;
    lines.push(`const ${name} = ${code};`);
    // In a scope of its own name, so that its state has a name that no other step can take.
    const inScope = ptransform(name, (c: Numbers) => step(c, ...others.map((one) => one.collection)));
    const collection = first.collection.apply(inScope, { name });
    made.push({ name, collection, tags: new Set(inputs.flatMap(({ tags }) => [...tags])) });
  }
  return { pipeline, collections: made.map(({ collection }) => collection), program: programOf(events, lines, made) };
}

function streamOf(events: readonly Event[]) {
  let stream = testStream({ a: outputTag<number>(), b: outputTag<number>() });
  const watermarks = { a: 0, b: 0 };
  for (const event of events) {
    if (event.kind === 'clock') stream = stream.advanceProcessingTime(event.by);
    else if (event.kind === 'elements') {
      stream = stream.addElements(event.tag, ...event.elements.map(([n, timestamp]) => at(timestamp, n)));
    } else {
      watermarks[event.tag] += event.by;
      stream = stream.advanceWatermarkTo(event.tag, watermarks[event.tag]);
    }
  }
  return stream.advanceWatermarkToInfinity();
}

function additionOf(op: Op, made: readonly Made[], hasClock: boolean): Addition | undefined {
  const pick = (n: number, isFit: (one: Made) => boolean): Made | undefined => {
    const fit = made.filter(isFit);
    return fit[fit.length - 1 - (n % Math.max(1, fit.length))];
  };
  const isAny = (): boolean => true;
  switch (op.op) {
    case 'window': {
      const firing = { ...op.firing, allowDataLoss: true };
      const code = `windowInto(windowFnOf(${JSON.stringify(op.windows)}), ${JSON.stringify(firing)})`;
      return on(
        pick(op.in, isAny),
        (c) => c.windowInto(windowFnOf(op.windows), firing),
        (c) => `${c}.${code}`,
      );
    }
    case 'grouping':
      return on(pick(op.in, canFire), GROUPINGS[op.step], (c) => `GROUPINGS.${op.step}(${c})`);
    case 'keyed':
      return on(pick(op.in, isTold(op.step) ? hasOneEnd : isFinal), KEYED[op.step], (c) => `KEYED.${op.step}(${c})`);
    case 'plain':
      return on(pick(op.in, isAny), PLAIN[op.step], (c) => `PLAIN.${op.step}(${c})`);
    case 'flatten': {
      // Both sides may fire by the clock at once, and then nothing says which comes first.
      const input = hasClock ? undefined : pick(op.in, isAny);
      const other = input && pick(op.other, (one) => areApart(input, one) && describe(input) === describe(one));
      const code = `flatten([${input?.name}, ${other?.name}])`;
      return input && other && { inputs: [input, other], step: (...both) => flatten(both), code };
    }
    case 'side': {
      const input = pick(op.in, op.isKeyed ? isFinal : isAny);
      const side = input && pick(op.side, (one) => areApart(input, one) && canFire(one) && canBeSide(one));
      if (input === undefined || side === undefined) return undefined;
      const code = `${op.isKeyed ? 'keyedBesides' : 'besides'}(${input.name}, ${side.name})`;
      const step = op.isKeyed ? keyedBesides : besides;
      return { inputs: [input, side], step: (c, other) => (other === undefined ? c : step(c, other)), code };
    }
    default:
      return op satisfies never;
  }
}

const on = (input: Made | undefined, step: (c: Numbers) => Numbers, code: (name: string) => string) =>
  input && { inputs: [input], step, code: code(input.name) };

/** What one event gives to both would come in an order that nothing says. */
const areApart = (a: Made, b: Made): boolean => ![...a.tags].some((tag) => b.tags.has(tag));

/** Whether its windows merge no more: such may have state. */
const isFinal = ({ collection: { windowing } }: Made): boolean =>
  windowing.windowFn.merge === undefined || windowing.alreadyMerged;

const isTold = (step: keyof typeof KEYED): boolean => step === 'expiring' || step === 'reminded';

/** Whether no two windows of a key end at once, as those that did not merge may: nothing says which is told first. */
const hasOneEnd = ({ collection: { windowing } }: Made): boolean => windowing.windowFn.merge === undefined;

const canBeSide = ({ collection: { windowing } }: Made): boolean => windowing.windowFn.merge === undefined;

const canFire = ({ collection: { windowing } }: Made): boolean =>
  windowing.windowFn.spec.kind !== 'global' || windowing.trigger.kind !== 'default';

const describe = ({ collection: { windowing } }: Made): string =>
  JSON.stringify([windowing.windowFn.name, windowing.windowFn.spec]);

/** A program that runs by itself and prints each element of each collection. */
function programOf(events: readonly Event[], lines: readonly string[], made: readonly Made[]): string {
  const watermarks = { a: 0, b: 0 };
  const calls = events.map((event) => {
    if (event.kind === 'clock') return `.advanceProcessingTime(${event.by})`;
    if (event.kind === 'watermark') {
      watermarks[event.tag] += event.by;
      return `.advanceWatermarkTo('${event.tag}', ${watermarks[event.tag]})`;
    }
    return `.addElements('${event.tag}', ${event.elements.map(([n, timestamp]) => `at(${timestamp}, ${n})`).join(', ')})`;
  });
  return `// test/properties/streaming/one.ts: run it with node
import { flatten, outputTag, Pipeline } from 'viga';
import { directRunner } from 'viga/runners/direct';
import { at, testStream } from 'viga/testing';
import { windowFnOf } from './build.ts';
import { record } from './compare.ts';
import { besides, GROUPINGS, KEYED, keyedBesides, PLAIN } from './steps.ts';
const p = new Pipeline();
const script = testStream({ a: outputTag<number>(), b: outputTag<number>() })
  ${[...calls, '.advanceWatermarkToInfinity()'].join('\n  ')};
const { a, b } = p.apply(script);
${lines.join('\n')}
const lines = Object.entries({ ${made.map(({ name }) => name).join(', ')} }).map(([name, c]) => [name, record(c)] as const);
await p.run(directRunner());
for (const [name, all] of lines) for (const line of all.sort()) console.log(name, line);
`;
}

export function windowFnOf(windows: Windows): AnyWindowFn {
  switch (windows.kind) {
    case 'global':
      return globalWindows();
    case 'fixed':
      return fixedWindows(windows);
    case 'sliding':
      return slidingWindows(windows);
    case 'sessions':
      return sessions(windows);
    case 'uneven':
      return customWindows<IntervalWindow>({
        name: 'Uneven',
        assign(timestamp) {
          const length = timestamp === MIN_TIMESTAMP ? 5 : 5 + (timestamp % 3) * 4;
          // Event time ends there, and no window reaches further.
          const start = Math.min(timestamp, END_OF_GLOBAL_WINDOW);
          return [interval(start, Math.min(start + length, END_OF_GLOBAL_WINDOW + 1))];
        },
        merge: mergeOverlapping,
      });
    default:
      return windows satisfies never;
  }
}
