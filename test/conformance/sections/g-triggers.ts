// G. Triggers that count. Elements come one by one, and the watermark moves when all are there.
import {
  afterAll,
  afterAny,
  afterCount,
  afterEach,
  afterWatermark,
  type Firing,
  globalWindows,
  orFinally,
  reifyWindows,
  repeatedly,
  seconds,
  sessions,
  type Trigger,
} from '../../../index.ts';
import { assertThat } from '../../../testing/index.ts';
import { oneByOne } from '../arrivals.ts';
import { grouped, within } from '../collections.ts';
import { type Builder, item, refused, succeeds } from '../item.ts';
import { accumulatingLate } from './g-time.ts';
import { early, numbers, onTime, panes } from '../panes.ts';

/** Seven numbers come in panes of these sizes; no pane is fired for nothing. */
const inPanesOf =
  (trigger: Trigger, ...sizes: readonly number[]): Builder =>
  (p) => {
    const firing = { trigger, accumulationMode: 'discarding', allowDataLoss: true, onTimeBehavior: 'fire-if-nonempty' };
    const groups = numbers(p, 7, firing as Firing);
    assertThat(groups.map(({ length }) => length)).containsInAnyOrder(sizes);
  };

const EARLY_PAIRS = afterWatermark({ early: afterCount(2) });

export const triggers = [
  item(
    93,
    'Early panes come for each two elements; the on-time pane has the rest, and indices go on.',
    succeeds((p) => {
      const groups = numbers(p, 5, { trigger: EARLY_PAIRS, accumulationMode: 'discarding' });
      assertThat(panes(groups)).containsInAnyOrder([
        { values: [1, 2], pane: early(0) },
        { values: [3, 4], pane: early(1) },
        { values: [5], pane: onTime(2, true) },
      ]);
    }),
  ),
  item(
    96,
    'Accumulating panes hold what the panes before them held too.',
    succeeds((p) => {
      const groups = numbers(p, 5, { trigger: EARLY_PAIRS, accumulationMode: 'accumulating' });
      assertThat(panes(groups)).containsInAnyOrder([
        { values: [1, 2], pane: early(0) },
        { values: [1, 2, 3, 4], pane: early(1) },
        { values: [1, 2, 3, 4, 5], pane: onTime(2, true) },
      ]);
    }),
    accumulatingLate,
  ),
  item(
    97,
    'In the global window, a repeated count of three fires threes, and what is left at the end.',
    succeeds((p) => {
      const groups = oneByOne(p, [1, 2, 3, 4, 5, 6, 7]).windowInto(globalWindows(), {
        trigger: repeatedly(afterCount(3)),
        accumulationMode: 'discarding',
      });
      assertThat(grouped(groups)).containsInAnyOrder([[1, 2, 3], [4, 5, 6], [7]]);
    }),
  ),
  item(
    99,
    'Composed triggers fire panes of the sizes that their documentation says.',
    // Documented at the functions: afterAny "fires when the first of `triggers` does".
    succeeds(inPanesOf(repeatedly(afterAny(afterCount(3), afterWatermark())), 3, 3, 1)),
    // afterAll "fires when all of `triggers` have".
    succeeds(inPanesOf(repeatedly(afterAll(afterCount(2), afterCount(3))), 3, 3, 1)),
    // afterEach "fires as the first of `triggers`, then as the second, and so on".
    succeeds(inPanesOf(repeatedly(afterEach(afterCount(1), afterCount(2))), 1, 2, 1, 2, 1)),
    // orFinally "fires as `trigger` until `until` fires, which is then the last firing": two elements are dropped.
    succeeds(inPanesOf(orFinally(repeatedly(afterCount(2)), afterCount(5)), 2, 2, 1)),
  ),
  item(
    101,
    'The on-time pane fires also when all elements came in early panes, unless only panes with elements may.',
    succeeds((p) => {
      const firing: Firing = { trigger: EARLY_PAIRS, accumulationMode: 'discarding', onTimeBehavior: 'fire-always' };
      assertThat(panes(numbers(p, 4, firing))).containsInAnyOrder([
        { values: [1, 2], pane: early(0) },
        { values: [3, 4], pane: early(1) },
        { values: [], pane: onTime(2, true) },
      ]);
    }),
    succeeds((p) => {
      const groups = numbers(p, 4, {
        trigger: EARLY_PAIRS,
        accumulationMode: 'discarding',
        onTimeBehavior: 'fire-if-nonempty',
      });
      assertThat(groups).containsInAnyOrder([
        [1, 2],
        [3, 4],
      ]);
    }),
  ),
  item(
    103,
    'A trigger that fires only once is refused unless losing data is allowed; then what comes later is dropped.',
    refused(
      (p) => void numbers(p, 5, { trigger: afterCount(2), accumulationMode: 'discarding' }),
      /Window/,
      /allowDataLoss/,
    ),
    succeeds((p) => {
      const firing: Firing = { trigger: afterCount(2), accumulationMode: 'discarding', allowDataLoss: true };
      assertThat(numbers(p, 5, firing)).containsInAnyOrder([[1, 2]]);
    }),
  ),
  item(
    104,
    'Sessions with a trigger that counts elements merge their counts.',
    succeeds((p) => {
      const arriving = oneByOne(p, [0, 5, 20], seconds).windowInto(sessions({ gap: seconds(10) }), {
        trigger: repeatedly(afterCount(2)),
        accumulationMode: 'discarding',
        onTimeBehavior: 'fire-if-nonempty',
      });
      const seen = grouped(arriving)
        .apply(reifyWindows())
        .map(({ value, window, pane: { timing } }) => ({ value, window, timing }));
      assertThat(seen).containsInAnyOrder([
        { value: [0, 5], window: within(0, 15), timing: 'EARLY' },
        { value: [20], window: within(20, 30), timing: 'ON_TIME' },
      ]);
    }),
  ),
];
