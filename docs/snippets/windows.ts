import assert from 'node:assert/strict';
import {
  count,
  create,
  fixedWindows,
  interval,
  kv,
  minutes,
  Pipeline,
  seconds,
  sessions,
  slidingWindows,
  sum,
} from 'viga';
import { directRunner } from 'viga/runners/direct';
import { assertThat } from 'viga/testing';

const pipeline = new Pipeline();

// #region timestamps
const clicks = pipeline
  .apply(
    create([
      { user: 'ann', at: seconds(10) },
      { user: 'ann', at: seconds(50) },
      { user: 'bob', at: seconds(70) },
      { user: 'ann', at: seconds(300) },
    ]),
  )
  .withTimestamps((click) => click.at);
// #endregion

// #region fixed
const perMinute = clicks
  .windowInto(fixedWindows({ size: minutes(1) }))
  .keyBy((click) => click.user)
  .combinePerKey(count);
// #endregion
assertThat(perMinute)
  .inWindow(interval(0, minutes(1)))
  .containsInAnyOrder([kv('ann', 2)]);
assertThat(perMinute)
  .inWindow(interval(minutes(1), minutes(2)))
  .containsInAnyOrder([kv('bob', 1)]);

// #region sliding
const lastTwoMinutes = clicks
  .windowInto(slidingWindows({ size: minutes(2), period: minutes(1) }))
  .map(() => 1)
  .combineGlobally(sum, { withoutDefaults: true });
// #endregion
assertThat(lastTwoMinutes)
  .inWindow(interval(0, minutes(2)))
  .containsInAnyOrder([3]);

// #region sessions
const visits = clicks
  .windowInto(sessions({ gap: minutes(2) }))
  .keyBy((click) => click.user)
  .combinePerKey(count);
// #endregion
assertThat(visits).containsInAnyOrder([kv('ann', 2), kv('bob', 1), kv('ann', 1)]);

assert.equal((await pipeline.run(directRunner())).state, 'DONE');
