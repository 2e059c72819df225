import {
  DEFAULT_WINDOWING,
  type Duration,
  formatTimestamp,
  MAIN,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  type OutputTag,
  type OutputTags,
  type PBegin,
  type PCollection,
  PipelineError,
  type PTransform,
  showValue,
  type TestStreamEvent,
  type TimestampedValue,
  type Timestamp,
} from '../model/index.ts';

/** A script that has its end, ready to be applied to a pipeline; `Output` is a collection, or a record of them by tag. */
export type TestStream<Output extends PCollection<unknown> | Record<string, PCollection<unknown>>> = PTransform<
  PBegin,
  Output
>;

/** The collections of a test stream of several, by tag. */
export type TestStreamOutputs<X extends OutputTags> = {
  readonly [N in keyof X]: X[N] extends OutputTag<infer T> ? PCollection<T> : never;
};

type ElementOf<X extends OutputTags, N extends keyof X> = X[N] extends OutputTag<infer T> ? T : never;

/** An element at an instant, for a {@link testStream}. */
export const at = <T>(timestamp: Timestamp, value: T): TimestampedValue<T> => ({ value, timestamp });

/**
 * A test stream of one collection under construction. Each call gives a new script; the one it was called on is unchanged.
 *
 * It becomes a transform by its end, {@link advanceWatermarkToInfinity}: as in Beam, one without an end can't be applied.
 */
export class TestStreamBuilder<T> {
  readonly #script: Script;

  /** @internal */
  constructor(script: Script) {
    this.#script = script;
  }

  /** These elements arrive now, together. Those behind the watermark are late. */
  addElements(...elements: readonly TimestampedValue<T>[]): TestStreamBuilder<T> {
    return new TestStreamBuilder(this.#script.elements(MAIN, elements));
  }

  /** No element comes with an earlier timestamp, unless it is late. The watermark starts at the lowest timestamp. */
  advanceWatermarkTo(timestamp: Timestamp): TestStreamBuilder<T> {
    return new TestStreamBuilder(this.#script.watermark(MAIN, timestamp));
  }

  /** The clock of the run, which starts at 0, goes on by so much. */
  advanceProcessingTime(duration: Duration): TestStreamBuilder<T> {
    return new TestStreamBuilder(this.#script.processingTime(duration));
  }

  /** The end: no element comes any more, so all windows close. */
  advanceWatermarkToInfinity(): TestStream<PCollection<T>> {
    const events = this.#script.finished([MAIN]);
    // The script holds elements of type T only.
    return { name: 'TestStream', expand: (pipeline) => addTestStream(pipeline, [MAIN], events)[0] as PCollection<T> };
  }

  /** For programs without types, which can apply what is no transform. */
  protected expand(): never {
    throw unfinished();
  }
}

/** A test stream of several collections under construction: elements and watermarks have a tag, the clock is one. */
export class TestStreamsBuilder<X extends OutputTags> {
  readonly #tags: readonly string[];
  readonly #script: Script;

  /** @internal */
  constructor(tags: readonly string[], script: Script) {
    this.#tags = tags;
    this.#script = script;
  }

  /** These elements arrive now in the collection of this tag. Those behind its watermark are late. */
  addElements<N extends keyof X & string>(
    tag: N,
    ...elements: readonly TimestampedValue<ElementOf<X, N>>[]
  ): TestStreamsBuilder<X> {
    return this.#with(this.#script.elements(this.#known(tag), elements));
  }

  /** No element of this tag comes with an earlier timestamp, unless it is late; `MAX_TIMESTAMP` ends this collection alone. */
  advanceWatermarkTo(tag: keyof X & string, timestamp: Timestamp): TestStreamsBuilder<X> {
    return this.#with(this.#script.watermark(this.#known(tag), timestamp));
  }

  /** The clock of the run, which starts at 0, goes on by so much. */
  advanceProcessingTime(duration: Duration): TestStreamsBuilder<X> {
    return this.#with(this.#script.processingTime(duration));
  }

  /** The end of all collections. */
  advanceWatermarkToInfinity(): TestStream<TestStreamOutputs<X>> {
    const tags = this.#tags;
    const events = this.#script.finished(tags);
    return {
      name: 'TestStream',
      expand(pipeline) {
        const made = addTestStream(pipeline, tags, events);
        // Each tag's collection holds what was added under it.
        return Object.fromEntries(tags.map((tag, i) => [tag, made[i]])) as TestStreamOutputs<X>;
      },
    };
  }

  /** For programs without types, which can apply what is no transform. */
  protected expand(): never {
    throw unfinished();
  }

  #with(script: Script): TestStreamsBuilder<X> {
    return new TestStreamsBuilder(this.#tags, script);
  }

  #known(tag: string): string {
    if (this.#tags.includes(tag)) return tag;
    throw new PipelineError(
      undefined,
      `testStream: there is no collection '${tag}'. The stream has ${this.#tags.join(', ')}. Declare it: testStream({ ${tag}: outputTag<...>() }).`,
    );
  }
}

/**
 * A source that follows a script: which elements come when, how far the watermark is, what the clock says (Beam model,
 * "TestStream").
 *
 * Each event waits until all effects of the one before have happened, timers and panes included, and nothing sleeps: the
 * clock is a virtual one that starts at 0. What it makes is unbounded and in the global window. Given a record of tags it
 * makes a collection for each.
 *
 * @throws PipelineError for a script that can't be: a watermark or a clock that goes back, an element after the end.
 * @example
 * import { fixedWindows, minutes, Pipeline, sum } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat, at, testStream } from 'viga/testing';
 * const orders = testStream<number>()
 *   .addElements(at(0, 5), at(minutes(1), 7))
 *   .advanceWatermarkTo(minutes(5))
 *   .addElements(at(minutes(4), 100)) // late
 *   .advanceWatermarkToInfinity();
 * const p = new Pipeline();
 * const sums = p.apply(orders).windowInto(fixedWindows({ size: minutes(5) })).keyBy(() => 'all').combinePerKey(sum);
 * assertThat(sums.map(({ value }) => value)).containsInAnyOrder([12]);
 * await p.run(directRunner());
 */
export function testStream<X extends OutputTags>(tags: X): TestStreamsBuilder<X>;
export function testStream<T>(): TestStreamBuilder<T>;
export function testStream(tags?: OutputTags): TestStreamBuilder<unknown> | TestStreamsBuilder<OutputTags> {
  if (tags === undefined) return new TestStreamBuilder(EMPTY);
  const names = Object.keys(tags);
  if (names.length > 0 && !names.some((tag) => tag === '' || tag.includes(':'))) {
    return new TestStreamsBuilder(names, EMPTY);
  }
  throw new PipelineError(
    undefined,
    `testStream: its tags are ${showValue(names)}. Each names a collection, and ':' is kept for Viga's own. Pass e.g. { clicks: outputTag<string>() }, or nothing for one collection.`,
  );
}

/** The events so far, each checked against those before it. */
class Script {
  readonly #events: readonly TestStreamEvent[];
  readonly #watermarks: ReadonlyMap<string, Timestamp>;

  constructor(events: readonly TestStreamEvent[], watermarks: ReadonlyMap<string, Timestamp>) {
    this.#events = events;
    this.#watermarks = watermarks;
  }

  elements(tag: string, elements: readonly TimestampedValue<unknown>[]): Script {
    const wrong = elements.find((one) => !isInstant(Object(one).timestamp));
    if (wrong !== undefined || elements.length === 0) {
      const what = elements.length === 0 ? 'no element' : `the element ${showValue(wrong)}`;
      throw new PipelineError(
        undefined,
        `testStream: addElements was given ${what}. Elements have a value and an event time in milliseconds. Pass e.g. at(seconds(5), 'a').`,
      );
    }
    if (this.#watermarkOf(tag) >= MAX_TIMESTAMP) {
      throw new PipelineError(
        undefined,
        `testStream: elements of '${tag}' come after its end. Nothing can take them. Add them before its watermark is at MAX_TIMESTAMP.`,
      );
    }
    return this.#and({ kind: 'elements', tag, elements: [...elements] });
  }

  watermark(tag: string, timestamp: Timestamp): Script {
    const before = this.#watermarkOf(tag);
    if (!isInstant(timestamp) || timestamp < before) {
      throw new PipelineError(
        undefined,
        `testStream: the watermark of '${tag}' is to be ${isInstant(timestamp) ? formatTimestamp(timestamp) : showValue(timestamp)} and is at ${formatTimestamp(before)}. A watermark never goes back. Pass a later instant, in milliseconds.`,
      );
    }
    return this.#and({ kind: 'watermark', tag, timestamp });
  }

  processingTime(advance: Duration): Script {
    if (!(Number.isFinite(advance) && advance > 0)) {
      throw new PipelineError(
        undefined,
        `testStream: processing time is to advance by ${showValue(advance)} ms. A clock only goes forward. Pass e.g. seconds(5).`,
      );
    }
    return this.#and({ kind: 'processing-time', advance });
  }

  /** All events, and the end of each tag that has not ended yet. */
  finished(tags: readonly string[]): readonly TestStreamEvent[] {
    const open = tags.filter((tag) => this.#watermarkOf(tag) < MAX_TIMESTAMP);
    return [...this.#events, ...open.map((tag) => ({ kind: 'watermark' as const, tag, timestamp: MAX_TIMESTAMP }))];
  }

  #watermarkOf(tag: string): Timestamp {
    return this.#watermarks.get(tag) ?? MIN_TIMESTAMP;
  }

  #and(event: TestStreamEvent): Script {
    const moved = event.kind === 'watermark' ? [[event.tag, event.timestamp] as const] : [];
    return new Script([...this.#events, event], new Map([...this.#watermarks, ...moved]));
  }
}

const EMPTY = new Script([], new Map());

const isInstant = (timestamp: unknown): timestamp is Timestamp =>
  typeof timestamp === 'number' && timestamp >= MIN_TIMESTAMP && timestamp <= MAX_TIMESTAMP;

const addTestStream = (
  pipeline: PBegin,
  tags: readonly string[],
  events: readonly TestStreamEvent[],
): readonly PCollection<unknown>[] =>
  pipeline.addStep(
    { derived: 'TestStream' },
    {
      inputs: [],
      outputs: tags.map((tag) => ({ tag, windowing: DEFAULT_WINDOWING, isBounded: false })),
      primitive: () => ({ kind: 'TestStream', events }),
    },
  );

const unfinished = (): PipelineError =>
  new PipelineError(
    undefined,
    'testStream: the script has no end. Its windows would never close. End it with advanceWatermarkToInfinity() before it is applied.',
  );
