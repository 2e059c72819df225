import { describe, expect, test } from 'vitest';
import { AssertionError, assertionsRun, assertThat } from '../../testing/index.ts';
import { fixedWindows, GLOBAL_WINDOW, interval, kv, type PCollection, Pipeline } from '../../model/index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { create } from '../../transforms/index.ts';

/** Runs assertions about the elements, and gives the error of the first that does not hold. */
async function failure<T>(
  elements: readonly T[],
  assert: (collection: PCollection<T>) => void,
  timestamps?: readonly number[],
): Promise<AssertionError | undefined> {
  const p = new Pipeline();
  assert(p.apply(create(elements, timestamps === undefined ? {} : { timestamps })));
  try {
    const result = await p.run(directRunner());
    expect(result.metric(assertionsRun).committed).toBeGreaterThan(0);
    return undefined;
  } catch (error) {
    if (error instanceof AssertionError) return error;
    throw error;
  }
}

test('elements are compared without order, each as often as it is there', async () => {
  expect(await failure([1, 2, 2], (c) => assertThat(c).containsInAnyOrder([2, 1, 2]))).toBeUndefined();
  expect((await failure([1, 2, 2], (c) => assertThat(c).containsInAnyOrder([1, 2])))?.message).toContain('extra 1: 2');
});

test('a failed assertion is an AssertionError that names its step, what is missing, what is extra, and its line', async () => {
  const error = await failure(['a', 'b'], (c) => assertThat(c).containsInAnyOrder(['b', 'c']));
  expect(error?.name).toBe('AssertionError');
  expect(error?.step).toBe('AssertThat/ContainsInAnyOrder');
  expect(error?.message).toMatch(
    /^AssertThat\/ContainsInAnyOrder: the elements of Create\/Create are not as expected: missing 1: 'c'; extra 1: 'a'\. Asserted at .*assert-that\.test\.ts:\d+:\d+\.$/,
  );
  expect(error?.stack).toMatch(/assert-that\.test\.ts/);
  expect(error).toMatchObject({ actual: expect.arrayContaining(['a', 'b']), expected: ['b', 'c'] });
});

test('values are compared by content', async () => {
  const values = (): unknown[] => [
    1n,
    new Date(5),
    new Map([['a', new Set([1])]]),
    Number.NaN,
    { b: [1], a: undefined },
    null,
  ];
  expect(await failure(values(), (c) => assertThat(c).containsInAnyOrder(values().reverse()))).toBeUndefined();
});

test.each<[unknown, unknown]>([
  [1, '1'],
  [1, 1n],
  [null, undefined],
  [new Date(1), 1],
  [
    [1, 2],
    [2, 1],
  ],
  [new Map([[1, 2]]), new Map([[1, 3]])],
  [{ a: 1 }, { a: 1, b: null }],
])('%o and %o differ', async (actual, expected) => {
  expect(await failure([actual], (c) => assertThat(c).containsInAnyOrder([expected]))).toBeInstanceOf(AssertionError);
});

describe('an empty collection', () => {
  test('is asserted too', async () => {
    expect(await failure([], (c) => assertThat(c).isEmpty())).toBeUndefined();
    expect((await failure<number>([], (c) => assertThat(c).containsInAnyOrder([7])))?.message).toContain(
      'missing 1: 7',
    );
  });

  test('fails where a count is expected', async () => {
    expect((await failure([], (c) => assertThat(c).hasCount(1)))?.message).toContain('1 expected, there are none');
  });
});

test('isEmpty tells what is there', async () => {
  expect((await failure([undefined], (c) => assertThat(c).isEmpty()))?.message).toContain('extra 1: undefined');
});

test('a long list is cut short in the message', async () => {
  const many = Array.from({ length: 50 }, (_, i) => i);
  expect((await failure(many, (c) => assertThat(c).isEmpty()))?.message).toMatch(/extra 50: .* and 40 more/);
});

describe('satisfies', () => {
  test('gets all elements, and may be async', async () => {
    const sumIs6 = async (elements: readonly number[]): Promise<void> => {
      expect(elements.reduce((a, b) => a + b, 0)).toBe(6);
    };
    expect(await failure([1, 2, 3], (c) => assertThat(c).satisfies(sumIs6))).toBeUndefined();
  });

  test('fails with what the function threw as the cause', async () => {
    const boom = new Error('boom');
    const error = await failure([1], (c) =>
      assertThat(c).satisfies(() => {
        throw boom;
      }),
    );
    expect(error?.message).toContain('are not as expected: boom.');
    expect(error?.cause).toBe(boom);
  });

  test('fails where the function returns false', async () => {
    expect(await failure([1], (c) => assertThat(c).satisfies((all) => all.length === 2))).toBeInstanceOf(
      AssertionError,
    );
  });
});

describe('windows and panes', () => {
  const words = (c: PCollection<string>): PCollection<string> => c.windowInto(fixedWindows({ size: 10 }));

  test('inWindow looks at one window only', async () => {
    const assert = (c: PCollection<string>): void => {
      assertThat(words(c)).inWindow(interval(0, 10)).containsInAnyOrder(['a', 'b']);
      assertThat(words(c)).inWindow(interval(10, 20)).containsInAnyOrder(['c']);
      assertThat(words(c)).inWindow(interval(20, 30)).isEmpty();
    };
    expect(await failure(['a', 'b', 'c'], assert, [1, 9, 11])).toBeUndefined();
  });

  test('the message names the window', async () => {
    const error = await failure(['a'], (c) => assertThat(words(c)).inWindow(interval(0, 10)).isEmpty(), [1]);
    expect(error?.message).toContain('in [1970-01-01T00:00:00.000Z, 1970-01-01T00:00:00.010Z) are not as expected');
  });

  test('a group of a bounded collection is in the only pane, on time', async () => {
    const window = interval(0, 10);
    const assert = (c: PCollection<string>): void => {
      const groups = words(c)
        .keyBy((word) => word.length)
        .groupByKey()
        .mapValues((group) => [...group].sort());
      const expected = [kv(1, ['a', 'b'])];
      assertThat(groups).inOnlyPane(window).containsInAnyOrder(expected);
      assertThat(groups).inOnTimePane(window).containsInAnyOrder(expected);
      assertThat(groups).inFinalPane(window).containsInAnyOrder(expected);
      assertThat(groups).inCombinedNonLatePanes(window).containsInAnyOrder(expected);
      assertThat(groups).inEarlyPanes(window).isEmpty();
      assertThat(groups).inLatePanes(window).isEmpty();
    };
    expect(await failure(['a', 'b'], assert, [1, 2])).toBeUndefined();
  });

  test('what no grouping fired is in no on-time pane', async () => {
    expect(await failure(['a'], (c) => assertThat(c).inOnTimePane(GLOBAL_WINDOW).isEmpty())).toBeUndefined();
  });
});

test('each assertion that ran is counted', async () => {
  const p = new Pipeline();
  const numbers = p.apply(create([1]));
  assertThat(numbers).hasCount(1);
  assertThat(numbers).containsInAnyOrder([1]);
  const result = await p.run(directRunner());
  expect(result.metric(assertionsRun).committed).toBe(2);
});

test('what happens to the expected array afterwards does not count', async () => {
  const expected = [1];
  const assert = (c: PCollection<number>): void => {
    assertThat(c).containsInAnyOrder(expected);
    expected.push(2);
  };
  expect(await failure([1], assert)).toBeUndefined();
});

test('elements of another type than those of the collection do not compile', async () => {
  const error = await failure([1], (c) => {
    // @ts-expect-error: the collection holds numbers.
    assertThat(c).containsInAnyOrder(['1']);
  });
  expect(error?.message).toContain("missing 1: '1'; extra 1: 1");
});
