// K. Metrics, options, names, and the rest.
import { counter, create, distribution, gauge, kv, type KV, stringSet, valueState } from '../../../index.ts';
import { assertThat } from '../../../testing/index.ts';
import { at } from '../collections.ts';
import { item, itemOfPipelinesSideBySide, refused, succeeds } from '../item.ts';

const numbers = counter('conformance', 'numbers');
const values = distribution('conformance', 'values');
const latest = gauge('conformance', 'latest');
const names = stringSet('conformance', 'names');
const idle = counter('conformance', 'never counted');

export const rest = [
  item(
    147,
    'Counters, distributions, gauges and string sets hold what the steps told them, found by step.',
    succeeds(
      (p) => {
        const input = p.apply(create([1, 2, 3, 4]));
        const measured = input.map(
          (n) => {
            numbers.inc(n);
            values.update(n);
            latest.set(n);
            latest.set(7);
            names.add(n % 2 === 0 ? 'even' : 'odd');
            return n;
          },
          { name: 'Measure' },
        );
        measured.map((n) => numbers.inc(n), { name: 'MeasureAgain' });
      },
      (check, { result }) => {
        const sameInBoth = <T>(value: T): unknown => ({ attempted: value, committed: value });
        check.equal(result.metric(numbers, 'Measure'), sameInBoth(10));
        check.equal(result.metric(numbers, 'MeasureAgain'), sameInBoth(10));
        check.equal(result.metric(numbers), sameInBoth(20));
        check.equal(result.metric(values, 'Measure'), sameInBoth({ sum: 10, count: 4, min: 1, max: 4 }));
        check.equal(result.metric(latest, 'Measure'), sameInBoth(7));
        check.equal(result.metric(names, 'Measure'), sameInBoth(new Set(['odd', 'even'])));
        check.equal(result.metric(idle), sameInBoth(0));
        const found = result.metrics.filter(({ metric }) => metric.name === 'numbers');
        check.equal(found.map(({ step }) => step).sort(), ['Measure', 'MeasureAgain']);
      },
    ),
  ),
  item(
    148,
    'Each step tells how many elements it was given and gave.',
    succeeds(
      (p) => {
        const input = p.apply(create([1, 2, 3, 4, 5]), { name: 'Numbers' });
        const odd = input.filter((n) => n % 2 === 1, { name: 'Odd' });
        const twice = odd.flatMap((n) => [n, n], { name: 'Twice' });
        twice
          .keyBy((n) => n, { name: 'Key' })
          .groupByKey({ name: 'Group' })
          .map(({ key }) => key, { name: 'Out' });
      },
      (check, { result }) => {
        const counts = Object.fromEntries(
          result.steps.map((stats) => [stats.step, [stats.elementsIn, stats.elementsOut]]),
        );
        check.equal(counts, {
          'Numbers/Create': [0, 5],
          Odd: [5, 3],
          Twice: [3, 6],
          Key: [6, 6],
          Group: [6, 3],
          Out: [3, 3],
        });
      },
    ),
  ),
  item(153, 'A worker whose graph has changed says so with an error that names the first difference.'),
  item(
    154,
    'Options that a pipeline was started with are what its functions see, with their types, wherever they run.',
    succeeds((p, options) => {
      const seen = p.apply(create(['a'])).map(() => [options.item, options.case, options.jobName]);
      assertThat<unknown>(seen).containsInAnyOrder([['7.2/154', 1, 'conformance-154-1']]);
    }),
  ),
  itemOfPipelinesSideBySide(
    155,
    'Two pipelines of one program run on one runner at the same time, each with its own elements and metrics.',
    ...[100, 200].map((size) =>
      succeeds(
        (p) => {
          const input = p.apply(create(Array.from({ length: size }, (_, i) => i)));
          const counted = input.map(
            async (n) => {
              await null;
              numbers.inc();
              return n;
            },
            { name: 'Count' },
          );
          assertThat(counted).hasCount(size);
        },
        (check, { result }) => check.equal(result.metric(numbers, 'Count').committed, size),
      ),
    ),
  ),
  item(
    156,
    'A name given twice in one scope is refused when the second step is made.',
    refused((p) => {
      const input = p.apply(create([1]));
      input.map((n) => n, { name: 'Same' });
      input.map((n) => n, { name: 'Same' });
    }, /Same/),
  ),
  item(157, 'Display data and hints are in the translated pipeline, and hints make an environment of their own.'),
  item(
    158,
    'A step that asks for time-sorted input gets elements that came out of order in order.',
    succeeds((p) => {
      const seen = at(p, [30, kv('k', 'c')], [10, kv('k', 'a')], [20, kv('k', 'b')]).parDo({
        requiresTimeSortedInput: true,
        state: { before: valueState<string>() },
        process({ value }: KV<string, string>, { state }) {
          const all = `${state.before.read() ?? ''}${value}`;
          state.before.write(all);
          return [all];
        },
      });
      assertThat(seen).containsInAnyOrder(['a', 'ab', 'abc']);
    }),
  ),
  item(
    160,
    'A cache token that stays saves a second read of state, one that changed does not; failed bundles leave none.',
  ),
  item(161, 'Elements embedded in control messages are processed like those of the data stream.'),
  item(162, 'Short ids of metrics resolve to their descriptions.'),
  item(163, 'Data before its instruction, elements over several messages, and empty messages are handled.'),
  item(164, 'An instruction or a transform that is not known is answered with an error, and the harness lives on.'),
];
