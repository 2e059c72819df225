// What stopped newcomers of other SDKs, as small pipelines that must simply work. The types are in test/types/newcomer.ts.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  asMap,
  count,
  counter,
  createElements,
  distribution,
  ElementError,
  gauge,
  GLOBAL_WINDOW,
  interval,
  kv,
  type PaneInfo,
  Pipeline,
  seconds,
  sessions,
} from '../../model/index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';

// Node 22 still warns of type stripping, which is not what is looked at here.
const QUIET = '--disable-warning=ExperimentalWarning';
const root = fileURLToPath(new URL('../../', import.meta.url));

test('two steps of one kind and a lambda of any length need no name', () =>
  testPipeline((p) => {
    const words = p.apply(createElements(['a b']));
    const others = p.apply(createElements(['c']));
    const long = words.map((text) => text.trim().toUpperCase().split(' ').toReversed().join(' and then '));
    assertThat(long).containsInAnyOrder(['B and then A']);
    assertThat(others.map((text) => text).map((text) => text)).containsInAnyOrder(['c']);
  }));

test('a lambda may use what is around it: helpers, constants, instances of classes, imports', () =>
  testPipeline((p) => {
    class Shouter {
      readonly #mark = '!';
      shout(text: string): string {
        return helper(text) + this.#mark;
      }
    }
    const helper = (text: string): string => text.toUpperCase() + seconds(limit);
    const limit = 1;
    const shouter = new Shouter();
    assertThat(p.apply(createElements(['a'])).map((text) => shouter.shout(text))).containsInAnyOrder(['A1000!']);
  }));

test('an async function is awaited', () =>
  testPipeline((p) => {
    const loaded = p.apply(createElements([1, 2])).map(async (n) => {
      await Promise.resolve();
      return n * 10;
    });
    assertThat(loaded.map((n) => n + 1)).containsInAnyOrder([11, 21]);
  }));

test('Maps, Sets, Dates and bigints are elements that arrive as they were', () =>
  testPipeline((p) => {
    const odd: readonly unknown[] = [new Map([['a', 1]]), new Set([1]), new Date(0), 2n ** 70n, undefined, Number.NaN];
    assertThat(p.apply(createElements(odd))).containsInAnyOrder(odd);
  }));

test('an element arrives with all its traits: the order of fields, undefined ones, -0, Buffers', () =>
  testPipeline((p) => {
    const row = { b: Buffer.from('x'), a: undefined, n: -0 };
    const traits = p
      .apply(createElements([row]))
      .map((one) => one)
      .map(({ b, ...rest }) => {
        return [b.toString('utf8'), Object.keys(rest).join(), 1 / rest.n];
      });
    assertThat(traits).containsInAnyOrder([['x', 'a,n', Number.NEGATIVE_INFINITY]]);
  }));

test('objects are keys whatever the order of their fields, and bigints are keys', () =>
  testPipeline((p) => {
    const objects = p.apply(createElements<object>([{ a: 1, b: 2 }, { b: 2, a: 1 }, { a: 1 }]));
    const sizes = objects.keyBy((element) => element).combinePerKey(count);
    assertThat(sizes).containsInAnyOrder([kv({ a: 1, b: 2 }, 2), kv({ a: 1 }, 1)]);
    const bigints = p.apply(createElements([1n, 1n, 2n]));
    assertThat(bigints.keyBy((n) => n).combinePerKey(count)).containsInAnyOrder([kv(1n, 2), kv(2n, 1)]);
  }));

test('all elements can be combined into one, and nothing into the value of nothing', () =>
  testPipeline((p) => {
    assertThat(p.apply(createElements(['a', 'b'])).combineGlobally(count)).containsInAnyOrder([2]);
    assertThat(p.apply(createElements([]), { name: 'Nothing' }).combineGlobally(count)).containsInAnyOrder([0]);
  }));

test('timestamps are numbers and sessions work', () =>
  testPipeline((p) => {
    const visits = p.apply(createElements([{ at: 0 }, { at: 5 }, { at: 30 }])).withTimestamps(({ at }) => seconds(at));
    const counts = visits
      .windowInto(sessions({ gap: seconds(10) }))
      .keyBy(() => 'ana')
      .combinePerKey(count);
    assertThat(counts)
      .inWindow(interval(0, seconds(15)))
      .containsInAnyOrder([kv('ana', 2)]);
    assertThat(counts)
      .inWindow(interval(seconds(30), seconds(40)))
      .containsInAnyOrder([kv('ana', 1)]);
  }));

test('the pane of a group is on time, the first and the last; before any grouping there is none', () =>
  testPipeline((p) => {
    const words = p.apply(createElements(['a']));
    const before = words.map((_, { pane }) => pane.timing);
    assertThat(before).containsInAnyOrder(['UNKNOWN']);
    const panes = words
      .keyBy(() => 0)
      .groupByKey()
      .map((_, { pane }) => pane);
    const only: PaneInfo = { timing: 'ON_TIME', index: 0, onTimeIndex: 0, isFirst: true, isLast: true };
    assertThat(panes).inOnlyPane(GLOBAL_WINDOW).containsInAnyOrder([only]);
  }));

test('a collection is a map beside another', () =>
  testPipeline((p) => {
    const rates = p.apply(createElements([kv('EUR', 2)]));
    const prices = p.apply(createElements(['EUR', 'USD']));
    const converted = prices.map((currency, { sideInputs }) => sideInputs.rates.get(currency) ?? 1, {
      sideInputs: { rates: asMap(rates) },
    });
    assertThat(converted).containsInAnyOrder([2, 1]);
  }));

test('an error in a function names the step, the element and the cause', async () => {
  const p = new Pipeline();
  p.apply(createElements([{ id: 7, user: null as { name: string } | null }])).map((row) => row.user!.name, {
    name: 'UserName',
  });
  const failed = await p.run(directRunner()).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(ElementError);
  expect(failed).toMatchObject({ step: 'UserName', element: '{"id":7,"user":null}' });
  expect((failed as ElementError).message).toMatch(/^UserName: /);
  expect((failed as ElementError).cause).toBeInstanceOf(TypeError);
});

test('a failed element can go to a collection of its own, and the run goes on', () =>
  testPipeline((p) => {
    let reasons: ReturnType<typeof assertThat<string>> | undefined;
    const numbers = p.apply(createElements(['1', 'x'])).map(
      (text) => {
        if (Number.isNaN(Number(text))) throw new Error(`${text} is no number`);
        return Number(text);
      },
      { deadLetters: (failed) => (reasons = assertThat(failed.map(({ error }) => error.message))) },
    );
    assertThat(numbers).containsInAnyOrder([1]);
    reasons?.containsInAnyOrder(['x is no number']);
  }));

test('metrics of all kinds are there after the run, over all steps and by step', async () => {
  const [seen, size, last] = [counter('test', 'seen'), distribution('test', 'size'), gauge('test', 'last')];
  const p = new Pipeline();
  const numbers = p.apply(createElements([1, 2, 3]));
  const note = (n: number): number => {
    seen.inc();
    size.update(n);
    last.set(n);
    return n;
  };
  numbers.map(note, { name: 'First' }).map(note, { name: 'Second' });
  const result = await p.run(directRunner());
  expect(result.metric(seen).committed).toBe(6);
  expect(result.metric(seen, 'First').committed).toBe(3);
  expect(result.metric(size, 'Second').committed).toEqual({ sum: 6, count: 3, min: 1, max: 3 });
  expect(result.metric(last).committed).toBeOneOf([1, 2, 3]);
  expect(result.steps.find(({ step }) => step === 'First')).toMatchObject({ elementsIn: 3, elementsOut: 3 });
});

test('a script of a few lines runs, prints nothing of its own and ends by itself', () => {
  const script = `
    import { create, Pipeline } from 'viga';
    import { directRunner } from 'viga/runners/direct';
    const p = new Pipeline();
    p.apply(create(['a', 'b'])).map((letter) => console.log(letter));
    await p.run(directRunner());`;
  const { status, stdout, stderr } = spawnSync(process.execPath, [QUIET, '--input-type=module', '--eval', script], {
    cwd: root,
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'a\nb\n', stderr: '' });
});
