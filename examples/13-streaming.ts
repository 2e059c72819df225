// Events as they come: counts of each minute are there as soon as the minute is over, while the source goes on. Time is
// the events' own; the watermark says how far it is.
import { count, fixedWindows, formatWindow, generateStream, minutes, Pipeline } from 'viga';
import { directRunner } from 'viga/runners/direct';

const start = Date.UTC(2026, 0, 1, 12);
const pipeline = new Pipeline();

pipeline
  .apply(
    generateStream({
      element: (i) => (i % 3 === 0 ? 'buy' : 'view'),
      timestamp: (i) => start + i * 10_000,
      maxElements: 12,
    }),
  )
  .windowInto(fixedWindows({ size: minutes(1) }))
  .keyBy((event) => event)
  .combinePerKey(count)
  .map(({ key, value }, { window }) => console.log(`${formatWindow(window)} ${key} ${value}`));

await pipeline.run(directRunner());
