import {
  GLOBAL_WINDOW,
  MIN_TIMESTAMP,
  NO_FIRING,
  type Sink,
  type SinkContext,
  type SinkWriter,
} from '../model/index.ts';
import { nodeHost } from '../host/index.ts';
import { isEqual, show, textOf } from './compare.ts';
import { type LawOptions, Trial } from './law.ts';

/** A sink with an empty place to write to. */
export interface SinkUnderTest<T, C> {
  readonly sink: Sink<T, C>;
  /** What a reader of the place sees: rows, or names and contents of files. */
  readonly visible: () => unknown;
  /** All that is there, temporary things too. Default: what is visible. */
  readonly traces?: () => unknown;
}

/** What {@link assertSinkLaws} needs to know. */
export interface SinkLaws<T, C> extends LawOptions {
  /** Makes a sink with a fresh, empty place; called once for each law. */
  readonly create: () => SinkUnderTest<T, C> | PromiseLike<SinkUnderTest<T, C>>;
  /** What is written; at least one. */
  readonly elements: readonly T[];
}

/**
 * Checks a sink: nothing is visible before the commit, committing twice or with a copy of the committable gives what
 * committing once gives, giving up leaves nothing, also twice and after `prepare`, and writing nothing works. The parts in
 * which elements come do not matter to whether they are written.
 *
 * @throws LawError for the first law that does not hold.
 * @example
 * import type { Sink } from 'viga';
 * import { assertSinkLaws } from 'viga/testing';
 * function toArray(target: number[]): Sink<number, readonly number[]> {
 *   let committed: readonly number[] | undefined;
 *   return {
 *     kind: 'sink',
 *     name: 'ToArray',
 *     guarantee: 'idempotent',
 *     async open() {
 *       const staged: number[] = [];
 *       return {
 *         write: ({ values }) => void staged.push(...values),
 *         prepare: async () => staged,
 *         abort: async () => void staged.splice(0),
 *       };
 *     },
 *     async commit(staged) {
 *       if (committed === undefined) target.push(...staged);
 *       committed = staged;
 *     },
 *   };
 * }
 * await assertSinkLaws({
 *   elements: [1, 2, 3],
 *   create() {
 *     const target: number[] = [];
 *     return { sink: toArray(target), visible: () => target };
 *   },
 * });
 */
export async function assertSinkLaws<T, C>(options: SinkLaws<T, C>): Promise<void> {
  const { sink } = await options.create();
  const trial = new Trial(`the sink ${sink.name}`, options);
  trial.requireSome(options.elements);
  const check = new SinkCheck(trial, options);
  await check.hidesUntilCommit();
  await check.commitsOnce();
  await check.givesUp();
  await check.writesNothing();
}

class SinkCheck<T, C> {
  readonly #trial: Trial;
  readonly #laws: SinkLaws<T, C>;
  #runs = 0;

  constructor(trial: Trial, laws: SinkLaws<T, C>) {
    this.#trial = trial;
    this.#laws = laws;
  }

  async hidesUntilCommit(): Promise<void> {
    const { sink, visible } = await this.#laws.create();
    const context = this.#context(sink);
    const before = await snapshot(visible);
    const writer = await this.#write(sink, context);
    await this.#unchanged('nothing is visible while writing', before, visible);
    const committable = await writer.prepare();
    await this.#unchanged('nothing is visible before the commit', before, visible);
    await sink.commit(committable, context);
    this.#trial.require(
      !isEqual(before, await visible()),
      'a commit makes the elements visible',
      () => `there is still ${show(before)}`,
      'They would be lost. Publish in commit what prepare made durable.',
    );
  }

  async commitsOnce(): Promise<void> {
    const { sink, visible } = await this.#laws.create();
    const context = this.#context(sink);
    const committable = await (await this.#write(sink, context)).prepare();
    this.#trial.require(
      textOf(committable) !== undefined,
      'a committable is plain data',
      () => `it is ${show(committable)}`,
      'It is stored between prepare and commit. Hold names and numbers.',
    );
    await sink.commit(structuredClone(committable), context);
    const once = await snapshot(visible);
    await sink.commit(committable, context);
    await this.#unchanged('committing twice is committing once', once, visible);
  }

  async givesUp(): Promise<void> {
    for (const isPrepared of [false, true]) {
      const { sink, visible, traces = visible } = await this.#laws.create();
      const before = await snapshot(traces);
      const writer = await this.#write(sink, this.#context(sink));
      if (isPrepared) await writer.prepare();
      await writer.abort();
      await this.#unchanged('giving up leaves nothing', before, traces);
      await writer.abort();
      await this.#unchanged('giving up twice is giving up once', before, traces);
    }
  }

  async writesNothing(): Promise<void> {
    const { sink } = await this.#laws.create();
    const context = this.#context(sink);
    const writer = await sink.open(context);
    await sink.commit(await writer.prepare(), context);
    const { sink: another, visible, traces = visible } = await this.#laws.create();
    const before = await snapshot(traces);
    await (await another.open(this.#context(another))).abort();
    await this.#unchanged('giving up leaves nothing', before, traces);
  }

  async #write(sink: Sink<T, C>, context: SinkContext): Promise<SinkWriter<T, C>> {
    const { elements } = this.#laws;
    const before = elements.map(textOf);
    const writer = await sink.open(context);
    for (const values of this.#trial.parts(elements)) {
      await writer.write({ values, timestamps: MIN_TIMESTAMP, windows: [GLOBAL_WINDOW], panes: NO_FIRING });
    }
    this.#trial.require(
      elements.every((element, i) => textOf(element) === before[i]),
      'elements are left as they were',
      () => `one of ${show(elements)} was changed`,
      'Other steps still hold the element. Copy what you change.',
    );
    return writer;
  }

  #context({ name }: Sink<T, C>): SinkContext {
    return {
      host: nodeHost({ seed: this.#trial.random.seed }),
      signal: new AbortController().signal,
      step: name,
      runId: `laws-${this.#runs++}`,
      reject(element, error) {
        throw new Error(`${name}: ${show(element)} can't be written. The laws need elements that can.`, {
          cause: error,
        });
      },
    };
  }

  async #unchanged(law: string, before: unknown, look: () => unknown): Promise<void> {
    const now = await snapshot(look);
    const remedy =
      'A run that fails or is repeated would leave wrong output. Stage elsewhere, and publish in commit only.';
    this.#trial.require(isEqual(before, now), law, () => `there was ${show(before)} and is ${show(now)}`, remedy);
  }
}

/** What is there now; a copy, as the place may go on changing what it gave. */
const snapshot = async (look: () => unknown): Promise<unknown> => structuredClone(await look());
