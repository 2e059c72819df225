import { describe, expect, test } from 'vitest';
import {
  asMap,
  create,
  mapState,
  orderedListState,
  outputAt,
  type PCollection,
  Pipeline,
  processingTimer,
  read,
  setState,
} from '../../../index.ts';
import { PipelineError } from '../../../model/index.ts';
import { evaluate } from '../../../testing/reference/index.ts';
import { listSource } from '../../runners/streaming/list-source.ts';

type Words = PCollection<string>;

/** What is left out of the evaluator, by what is said of it. */
const LEFT_OUT: Readonly<Record<string, (c: Words) => unknown>> = {
  'a source': (c) => c.pipeline.apply(read(listSource([]), { name: 'Step' })),
  'a retry': (c) => c.map((word) => word, { name: 'Step', retry: { attempts: 2 } }),
  'a setup, or bundles': (c) => c.parDo({ name: 'Step', setup: () => 1, process: (word: string) => [word] }),
  'input sorted by time': (c) =>
    c
      .keyBy((word) => word)
      .parDo({
        name: 'Step',
        timers: { none: processingTimer() },
        requiresTimeSortedInput: true,
        process: ({ value }) => [value],
        onTimer: { none: () => [] },
      }),
  'an allowed timestamp skew': (c) => c.withTimestamps(() => 0, { name: 'Step', allowedTimestampSkew: 1 }),
  'a side input that is no iterable or list': (c) =>
    c.map((word) => word, { name: 'Step', sideInputs: { all: asMap(c.keyBy((word) => word)) } }),
  'an async function': (c) => c.filter(async () => false, { name: 'Step' }),
  'something to do after a commit': (c) =>
    c.parDo({ name: 'Step', process: (_: string, { afterCommit }) => afterCommit(() => undefined) }),
};

describe('what the evaluator does not model it refuses, by the name of the step', () => {
  test.each(Object.entries(LEFT_OUT))('%s', (what, step) => {
    const p = new Pipeline();
    step(p.apply(create(['a'])));
    expect(() => evaluate(p.graph)).toThrow(PipelineError);
    expect(() => evaluate(p.graph)).toThrow(`Step: it has ${what}.`);
  });

  test.each([mapState(), setState(), orderedListState()])('state of the kind $kind', (words) => {
    const p = new Pipeline();
    const keyed = p.apply(create(['a'])).keyBy((word) => word);
    keyed.parDo({ name: 'Step', state: { words }, process: ({ value }) => [value] });
    expect(() => evaluate(p.graph)).toThrow('Step: it has a state that is no value, bag or combining one.');
  });

  test('bundles, functions that are async in any way, and dead letters do not hide it', () => {
    const p = new Pipeline();
    const letters: unknown[] = [];
    p.apply(create([1])).parDo({
      name: 'Step',
      deadLetters: (all) => letters.push(all),
      async *process(n: number) {
        yield outputAt(n, 5);
      },
    });
    expect(() => evaluate(p.graph)).toThrow('Step: it has an async function.');
    const q = new Pipeline();
    q.apply(create([1])).parDo({ name: 'Step', process: (n: number) => [n], finishBundle: () => [] });
    expect(() => evaluate(q.graph)).toThrow('Step: it has a setup, or bundles.');
  });
});
