// A. ParDo: the life of a DoFn, timestamps, errors, promises.
import { setTimeout } from 'node:timers/promises';
import {
  counter,
  create,
  generate,
  GLOBAL_WINDOW,
  kv,
  outputAt,
  type PCollection,
  type Pipeline,
  reifyWindows,
  seconds,
} from '../../../index.ts';
import { assertThat } from '../../../testing/index.ts';
import { at, NOT_FIRED, ON_TIME, tens, within } from '../collections.ts';
import { type Builder, fails, item, succeeds } from '../item.ts';

const setUp = counter('conformance', 'set up');
const tornDown = counter('conformance', 'torn down');

/** So many that a runner may well take more than one bundle. */
const MANY = 25_000;

const manyNumbers = (p: Pipeline): PCollection<number> => p.apply(generate({ count: MANY, element: (i) => i }));

/** What an instance of a DoFn has gone through since it last told; calls of `process` in a row count as one. */
interface Life {
  calls: string[];
}

const live = ({ calls }: Life, call: string): void => {
  if (call !== 'process' || calls.at(-1) !== call) calls.push(call);
};

/** Gives what there was since the last time. */
function tell(life: Life): string {
  const told = life.calls.join(' ');
  life.calls = [];
  return told;
}

/** A DoFn that passes elements on, but for a part of its life that fails. */
const failingIn =
  (part: 'setup' | 'startBundle' | 'finishBundle' | 'teardown'): Builder =>
  (p) => {
    const boom = (): never => {
      throw new Error('boom42');
    };
    const output = p.apply(create([1])).parDo({ name: 'Fragile', process: (n: number) => [n], [part]: boom });
    assertThat(output).containsInAnyOrder([1]);
  };

/** An element at 20 s that a DoFn moves by some seconds. */
const moving =
  (by: number, allowedSkew: number): Builder =>
  (p) => {
    const moved = at(p, [20, 'a']).parDo({
      name: 'Move',
      allowedTimestampSkew: seconds(allowedSkew),
      process: (value: string, { timestamp }) => [outputAt(value, timestamp + seconds(by))],
    });
    const timestamps = moved.apply(reifyWindows()).map(({ timestamp }) => timestamp);
    assertThat(timestamps).containsInAnyOrder([seconds(20 + by)]);
  };

export const doFns = [
  item(
    7,
    'An instance of a DoFn is set up once, has its elements between the start and the end of bundles, and is torn down.',
    succeeds(
      (p) => {
        const lives = manyNumbers(p).parDo({
          setup: (): Life => {
            setUp.inc();
            return { calls: ['setup'] };
          },
          startBundle: ({ resource }) => live(resource, 'startBundle'),
          process(_: number, { resource }) {
            live(resource, 'process');
          },
          finishBundle({ resource }) {
            live(resource, 'finishBundle');
            return [outputAt(tell(resource), 0, GLOBAL_WINDOW)];
          },
          teardown: () => tornDown.inc(),
        });
        const isInOrder = (life: string): boolean => /^(setup )?startBundle process finishBundle$/.test(life);
        assertThat(lives).satisfies((all) => all.every(isInOrder) && all.some((life) => life.startsWith('setup')));
      },
      (check, { result }) => {
        check.holds(result.metric(setUp).committed > 0, 'an instance was set up');
        check.equal(result.metric(tornDown).committed, result.metric(setUp).committed);
      },
    ),
  ),
  item(
    8,
    'What the end of a bundle emits with a timestamp and a window has these, and is grouped by them.',
    succeeds((p) => {
      const last = at(p, [3, 'a'])
        .windowInto(tens)
        .parDo({
          process: (_: string) => undefined,
          finishBundle: () => [outputAt('last', seconds(15), within(10, 20))],
        });
      const seen = last.apply(reifyWindows()).map(({ value, timestamp, window }) => ({ value, timestamp, window }));
      assertThat(seen).containsInAnyOrder([{ value: 'last', timestamp: seconds(15), window: within(10, 20) }]);
      const groups = last.keyBy((value) => value).groupByKey();
      assertThat(groups.map(({ key }) => key))
        .inWindow(within(10, 20))
        .containsInAnyOrder(['last']);
    }),
  ),
  item(
    9,
    'The start of a bundle resets what counts per bundle, and no instance has two bundles at once.',
    succeeds((p) => {
      const counts = manyNumbers(p).parDo({
        setup: () => ({ inBundle: 0, isOpen: false }),
        startBundle({ resource }) {
          if (resource.isOpen) throw new Error('two bundles at once');
          resource.isOpen = true;
          resource.inBundle = 0;
        },
        process(_: number, { resource }) {
          resource.inBundle++;
        },
        finishBundle({ resource }) {
          resource.isOpen = false;
          return [outputAt(resource.inBundle, 0, GLOBAL_WINDOW)];
        },
      });
      assertThat(counts).satisfies((all) => all.reduce((total, inBundle) => total + inBundle, 0) === MANY);
    }),
  ),
  item(
    10,
    'An output without a timestamp of its own has the timestamp, the window and the pane of its input.',
    succeeds((p) => {
      const fired = at(p, [1, 'a'])
        .windowInto(tens)
        .keyBy((value) => value)
        .groupByKey();
      const outputs = [
        fired.map(({ key }) => key),
        fired.flatMap(({ key }) => [key]),
        fired.mapValues(() => 'value').map(({ key }) => key),
        fired.filter(() => true).map(({ key }) => key),
        fired.parDo({ process: ({ key }: { readonly key: string }) => [key] }),
      ];
      for (const output of outputs) {
        assertThat(output.apply(reifyWindows())).containsInAnyOrder([
          { value: 'a', timestamp: 9_999, window: within(0, 10), pane: ON_TIME },
        ]);
      }
    }),
  ),
  item(
    11,
    'An output may be moved ahead in time, and back only as far as the DoFn says it may be.',
    succeeds(moving(5, 0)),
    fails(moving(-5, 0), /Move/, /allowedTimestampSkew/),
    succeeds(moving(-5, 10)),
  ),
  item(
    12,
    'A DoFn is told the same window, pane, timestamp and key of an element that a step which records them finds.',
    succeeds((p) => {
      const fired = at(p, [1, kv('k', 1)], [12, kv('k', 2)])
        .windowInto(tens)
        .groupByKey();
      const told = fired.parDo({
        process: ({ key }: { readonly key: string }, { timestamp, window, pane }) => [{ key, timestamp, window, pane }],
      });
      const recorded = fired
        .apply(reifyWindows())
        .map(({ value: { key }, timestamp, window, pane }) => ({ key, timestamp, window, pane }));
      for (const seen of [told, recorded]) {
        assertThat(seen).containsInAnyOrder([
          { key: 'k', timestamp: 9_999, window: within(0, 10), pane: ON_TIME },
          { key: 'k', timestamp: 19_999, window: within(10, 20), pane: ON_TIME },
        ]);
      }
      const unfired = at(p, [1, 'a']).parDo({ process: (_: string, { pane }) => [pane] });
      assertThat(unfired).containsInAnyOrder([NOT_FIRED]);
    }),
  ),
  item(
    13,
    'An error thrown for an element fails the run with its message and the name of the step.',
    fails(
      (p) => {
        p.apply(create([1, 2])).parDo({
          name: 'Explode',
          process(n: number) {
            if (n === 2) throw new Error('boom42');
            return [n];
          },
        });
      },
      /Explode/,
      /boom42/,
    ),
  ),
  item(
    14,
    'An error in setup, startBundle or finishBundle fails the run; one in teardown is told, and the run is done.',
    fails(failingIn('setup'), /Fragile/, /boom42/),
    fails(failingIn('startBundle'), /Fragile/, /boom42/),
    fails(failingIn('finishBundle'), /Fragile/, /boom42/),
    succeeds(failingIn('teardown'), (check, { result, warnings }) => {
      check.equal(result.state, 'DONE');
      check.matches(warnings.join('\n'), /Fragile.*boom42/);
    }),
  ),
  item(
    15,
    'Functions may take their time: what promises give is all there, and one that rejects fails the run.',
    succeeds((p) => {
      const hundred = Array.from({ length: 100 }, (_, i) => i);
      const input = p.apply(create(hundred));
      const double = async (n: number): Promise<number> => setTimeout(10, n * 2);
      const doubled = hundred.map((n) => n * 2);
      assertThat(input.map(double)).containsInAnyOrder(doubled);
      const several = input.parDo({ concurrency: 25, process: async (n: number) => [await double(n)] });
      assertThat(several).containsInAnyOrder(doubled);
    }),
    fails(
      (p) => {
        p.apply(create([1])).map(() => Promise.reject(new Error('boom42')), { name: 'Explode' });
      },
      /Explode/,
      /boom42/,
    ),
  ),
];
