// Per key, something is remembered, and something happens later: a session of clicks is closed when the user was quiet for a
// minute of event time.
import { create, eventTimer, minutes, Pipeline, valueState } from 'viga';
import { directRunner } from 'viga/runners/direct';

const clicks = [
  { user: 'ana', at: 0 },
  { user: 'ana', at: 30 },
  { user: 'ben', at: 45 },
  { user: 'ana', at: 300 },
];

const pipeline = new Pipeline();

pipeline
  .apply(create(clicks))
  .withTimestamps(({ at }) => at * 1_000)
  .keyBy(({ user }) => user)
  .parDo({
    name: 'Sessions',
    requiresTimeSortedInput: true,
    state: { clicks: valueState<number>() },
    timers: { quiet: eventTimer() },
    process(_, { state, timers, timestamp }) {
      state.clicks.write((state.clicks.read() ?? 0) + 1);
      timers.quiet.set(timestamp + minutes(1));
    },
    onTimer: {
      *quiet({ key, state }) {
        yield `${key}: ${state.clicks.read()} clicks`;
        state.clicks.clear();
      },
    },
  })
  .map((line) => console.log(line));

await pipeline.run(directRunner());
