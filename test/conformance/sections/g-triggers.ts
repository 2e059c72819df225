// G. Triggers, panes and lateness. A test stream says when elements come and how far the watermark is.
import { afterCount, create, globalWindows, type Firing } from '../../../index.ts';
import { assertThat } from '../../../testing/index.ts';
import { type Builder, item, refused, succeeds } from '../item.ts';

/** Five elements of one key in the global window. */
const fiveElements =
  (firing: Firing, ...sizes: readonly number[]): Builder =>
  (p) => {
    const groups = p
      .apply(create([1, 2, 3, 4, 5]))
      .windowInto(globalWindows(), { ...firing, name: 'OneShot' })
      .keyBy(() => 'all')
      .groupByKey();
    assertThat(groups.map(({ value }) => [...value].length)).containsInAnyOrder(sizes);
  };

export const triggers = [
  item(92, 'The default trigger fires one pane, on time, when the watermark passes the end of the window.'),
  item(93, 'Early panes come for each two elements; the on-time pane has the rest, and indices go on.'),
  item(94, 'An element after the watermark but within the allowed lateness comes in a late pane.'),
  item(95, 'An element beyond the allowed lateness is dropped.'),
  item(96, 'Accumulating panes hold what the panes before them held too.'),
  item(97, 'In the global window, a repeated count of three fires threes, and what is left at the end.'),
  item(98, 'A delay in processing time fires one pane per advance of the clock.'),
  item(
    99,
    'The triggers afterAny, afterAll, afterEach and orFinally fire panes of the sizes that their documentation says.',
  ),
  item(100, 'A window that always closes with a pane has an empty last one; otherwise there is none.'),
  item(101, 'The on-time pane fires also when all elements came in early panes.'),
  item(102, 'With the trigger that never fires, elements come out when the window expires.'),
  item(
    103,
    'A trigger that fires only once is refused unless losing data is allowed; then what comes later is dropped.',
    refused(fiveElements({ trigger: afterCount(2), accumulationMode: 'discarding' }), /OneShot/, /allowDataLoss/),
    succeeds(fiveElements({ trigger: afterCount(2), accumulationMode: 'discarding', allowDataLoss: true }, 2)),
  ),
  item(104, 'Sessions with a trigger that counts elements merge their counts.'),
];
