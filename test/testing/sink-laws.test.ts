import { expect, test } from 'vitest';
import { assertSinkLaws, type SinkUnderTest } from '../../testing/index.ts';
import type { Sink } from '../../model/index.ts';

/** A sink to two maps in memory: what is staged and what is public. */
function memorySink(change: Partial<Sink<number, string>> = {}): SinkUnderTest<number, string> {
  const staged = new Map<string, readonly number[]>();
  const published = new Map<string, readonly number[]>();
  const sink: Sink<number, string> = {
    kind: 'sink',
    name: 'Memory',
    guarantee: 'atomic-publish',
    async open({ runId }) {
      const rows: number[] = [];
      return {
        write: ({ values }) => void rows.push(...values),
        prepare: async () => {
          staged.set(runId, rows);
          return runId;
        },
        abort: async () => void staged.delete(runId),
      };
    },
    async commit(runId) {
      const rows = staged.get(runId);
      if (rows === undefined) return;
      published.set(runId, rows);
      staged.delete(runId);
    },
    ...change,
  };
  return { sink, visible: () => [...published.values()].flat(), traces: () => [[...staged], [...published]] };
}

test('a sink that stages and publishes keeps the laws', async () => {
  await assertSinkLaws({ create: () => memorySink(), elements: [1, 2, 3] });
});

test('a sink whose commit appends each time breaks a law', async () => {
  const create = (): SinkUnderTest<number, string> => {
    let rows: number[] = [];
    const sink: Sink<number, string> = {
      ...memorySink().sink,
      async open() {
        const mine: number[] = [];
        return {
          write: ({ values }) => void mine.push(...values),
          prepare: async () => JSON.stringify(mine),
          abort: async () => undefined,
        };
      },
      async commit(text) {
        rows = [...rows, ...JSON.parse(text)];
      },
    };
    return { sink, visible: () => rows };
  };
  await expect(assertSinkLaws({ create, elements: [1] })).rejects.toThrow(/committing twice is committing once/);
});

test('a sink that writes straight to its place breaks a law', async () => {
  const create = (): SinkUnderTest<number, string> => {
    const rows: number[] = [];
    const sink: Sink<number, string> = {
      ...memorySink().sink,
      open: async () => ({
        write: ({ values }) => void rows.push(...values),
        prepare: async () => '',
        abort: async () => undefined,
      }),
    };
    return { sink, visible: () => rows };
  };
  await expect(assertSinkLaws({ create, elements: [1] })).rejects.toThrow(/nothing is visible while writing/);
});

test('a sink that publishes nothing breaks a law', async () => {
  const create = (): SinkUnderTest<number, string> => memorySink({ commit: async () => undefined });
  await expect(assertSinkLaws({ create, elements: [1] })).rejects.toThrow(/a commit makes the elements visible/);
});

test('a sink that leaves staged things behind breaks a law', async () => {
  const create = (): SinkUnderTest<number, string> => {
    const under = memorySink();
    const open: Sink<number, string>['open'] = async (context) => {
      const writer = await under.sink.open(context);
      return {
        write: (batch) => writer.write(batch),
        prepare: () => writer.prepare(),
        abort: async () => undefined,
      };
    };
    return { ...under, sink: { ...under.sink, open } };
  };
  await expect(assertSinkLaws({ create, elements: [1] })).rejects.toThrow(/giving up leaves nothing/);
});

test('no elements are refused', async () => {
  await expect(assertSinkLaws({ create: () => memorySink(), elements: [] })).rejects.toThrow(/there are no samples/);
});
