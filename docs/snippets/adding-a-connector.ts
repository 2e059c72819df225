// #region client
/** What both halves of the connector talk to: a log of lines, as a server would keep it. */
export interface LogClient {
  length(): Promise<number>;
  /** The lines from an offset on, at most `limit`. */
  read(from: number, limit: number): Promise<readonly string[]>;
  /** Appends lines once: a second call with the same id changes nothing. */
  append(id: string, lines: readonly string[]): Promise<void>;
}
// #endregion

// #region read
import {
  type OffsetRange,
  OffsetTracker,
  type PBegin,
  type PCollection,
  type PTransform,
  read,
  type Source,
} from 'viga';

const BATCH = 500;

/** A log as a source: offsets are claimed before their lines are handed over, so it can be split at any time. */
export const logSource = (client: LogClient): Source<string, OffsetRange, number> => ({
  kind: 'source',
  name: 'ReadLog',
  initialRestriction: async () => ({ from: 0, to: await client.length() }),
  createTracker: (range) => new OffsetTracker(range),
  async read(_element, tracker, output, { signal }) {
    let at = tracker.currentRestriction().from;
    while (!signal.aborted) {
      const lines = await client.read(at, BATCH);
      // The rest of the work may be given away at any time: only what is claimed is ours to hand over.
      let claimed = 0;
      while (claimed < lines.length && tracker.tryClaim(at + claimed)) claimed++;
      const first = at;
      at += claimed;
      await output.emit({ values: lines.slice(0, claimed), coordinate: (index) => `log offset ${first + index}` });
      if (claimed < BATCH) return;
    }
  },
});

/** Reads the lines of a log, up to its end at the start of the run. */
export const readLog = (client: LogClient): PTransform<PBegin, PCollection<string>> => read(logSource(client));
// #endregion

// #region write
import { type PDone, type Sink, write } from 'viga';

interface Prepared {
  readonly id: string;
  readonly lines: readonly string[];
}

/** A log as a sink. Lines become visible when the run commits; committing twice changes nothing. */
export const logSink = (client: LogClient): Sink<string, Prepared> => ({
  kind: 'sink',
  name: 'WriteLog',
  guarantee: 'idempotent',
  async open({ runId }) {
    const lines: string[] = [];
    return {
      write: ({ values }) => {
        lines.push(...values);
      },
      prepare: async () => ({ id: runId, lines }),
      abort: async () => {},
    };
  },
  commit: ({ id, lines }) => client.append(id, lines),
});

/** Appends the elements of a collection to a log. */
export const writeLog = (client: LogClient): PTransform<PCollection<string>, PDone> => write(logSink(client));
// #endregion

// #region laws
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSinkLaws, assertSourceLaws, assertThat, testPipeline } from 'viga/testing';

class MemoryLog implements LogClient {
  readonly lines: string[];
  readonly #ids = new Set<string>();

  constructor(lines: readonly string[] = []) {
    this.lines = [...lines];
  }

  length = async (): Promise<number> => this.lines.length;
  read = async (from: number, limit: number): Promise<readonly string[]> => this.lines.slice(from, from + limit);
  append = async (id: string, lines: readonly string[]): Promise<void> => {
    if (!this.#ids.has(id)) this.lines.push(...lines);
    this.#ids.add(id);
  };
}

test('a log can be split at any time and loses nothing', async () => {
  await assertSourceLaws(logSource(new MemoryLog(Array.from({ length: 1_200 }, (_, n) => `line ${n}`))));
});

test('what is written shows at the commit, once', async () => {
  const create = () => {
    const log = new MemoryLog();
    return { sink: logSink(log), visible: () => [...log.lines] };
  };
  await assertSinkLaws({ create, elements: ['a', 'b', 'c'] });
});

test('lines go from one log to another', async (t) => {
  const to = new MemoryLog();
  const p = testPipeline(t);
  const lines = p.apply(readLog(new MemoryLog(['one', 'two'])));
  assertThat(lines).containsInAnyOrder(['one', 'two']);
  lines.apply(writeLog(to));
  await p.run();
  assert.deepEqual([...to.lines].sort(), ['one', 'two']);
});
// #endregion
