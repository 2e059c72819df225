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
  sessions,
  slidingWindows,
} from '../../../index.ts';
import { type AnyWindowFn, MIN_TIMESTAMP, type Trigger } from '../../../model/index.ts';
import { at, testStream } from '../../../testing/index.ts';
import type { Case, Event, Op, Tag, Windows } from './cases.ts';
import { besides, GROUPINGS, KEYED, keyedBesides, PLAIN } from './steps.ts';

type Numbers = PCollection<number>;

/** A collection of a random pipeline, and of which collections of the test stream it is made. */
interface Made {
  readonly collection: Numbers;
  readonly tags: ReadonlySet<Tag>;
}

export interface Built {
  readonly pipeline: Pipeline;
  readonly collections: readonly Numbers[];
}

/** Steps that have no possible input are left out. */
export function build({ events, ops }: Case): Built {
  const pipeline = new Pipeline();
  const { a, b } = pipeline.apply(streamOf(events));
  const made: Made[] = [
    { collection: a, tags: new Set(['a']) },
    { collection: b, tags: new Set(['b']) },
  ];
  const hasClock = events.some(({ kind }) => kind === 'clock');
  for (const op of ops) {
    const next = apply(op, made, hasClock);
    if (next !== undefined) made.push(next);
  }
  return { pipeline, collections: made.map(({ collection }) => collection) };
}

export function streamOf(events: readonly Event[]) {
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

function apply(op: Op, made: readonly Made[], hasClock: boolean): Made | undefined {
  const pick = (n: number, isFit: (one: Made) => boolean): Made | undefined => {
    const fit = made.filter(isFit);
    return fit[fit.length - 1 - (n % Math.max(1, fit.length))];
  };
  switch (op.op) {
    case 'window': {
      const input = pick(op.in, () => true);
      const { firing } = op;
      return over(input, (c) => c.windowInto(windowFnOf(op.windows), { ...firing, allowDataLoss: true }));
    }
    case 'grouping':
      return over(
        pick(op.in, ({ collection }) => canFire(collection)),
        GROUPINGS[op.step],
      );
    case 'keyed':
      return over(
        pick(op.in, ({ collection }) => !isMerging(collection)),
        KEYED[op.step],
      );
    case 'plain':
      return over(
        pick(op.in, () => true),
        PLAIN[op.step],
      );
    case 'flatten': {
      // Both sides may fire by the clock at once, and then nothing says which comes first.
      if (hasClock) return undefined;
      const input = pick(op.in, () => true);
      const other = input && pick(op.other, (one) => areApart(input, one) && isSameWindows(input, one));
      return input && other && { ...merged(input, other), collection: flatten([input.collection, other.collection]) };
    }
    case 'side': {
      const input = pick(op.in, ({ collection }) => !op.isKeyed || !isMerging(collection));
      const isSide = (one: Made): boolean =>
        input !== undefined && areApart(input, one) && canFire(one.collection) && isPlain(one.collection);
      const side = pick(op.side, isSide);
      const step = op.isKeyed ? keyedBesides : besides;
      return input && side && { ...merged(input, side), collection: step(input.collection, side.collection) };
    }
    default:
      return op satisfies never;
  }
}

const over = (input: Made | undefined, step: (c: Numbers) => Numbers): Made | undefined =>
  input && { ...input, collection: step(input.collection) };

const merged = (a: Made, b: Made) => ({ tags: new Set([...a.tags, ...b.tags]) });

/** What one event gives to both would come in an order that nothing says. */
const areApart = (a: Made, b: Made): boolean => ![...a.tags].some((tag) => b.tags.has(tag));

const isMerging = ({ windowing }: Numbers): boolean =>
  windowing.windowFn.merge !== undefined && !windowing.alreadyMerged;

/** A view is of windows that do not merge. */
const isPlain = ({ windowing }: Numbers): boolean => windowing.windowFn.merge === undefined;

const canFire = ({ windowing }: Numbers): boolean =>
  windowing.windowFn.spec.kind !== 'global' || windowing.trigger.kind !== 'default';

const describe = ({ windowing: { windowFn } }: Numbers): string => JSON.stringify([windowFn.name, windowFn.spec]);
const isSameWindows = (a: Made, b: Made): boolean => describe(a.collection) === describe(b.collection);

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

export type { Trigger };
