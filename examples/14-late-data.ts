// What comes early, on time and late: a test stream says what happens when, and a trigger when sums come out. Nothing waits
// for a clock.
import { afterCount, afterWatermark, fixedWindows, Pipeline, seconds, sum } from 'viga';
import { directRunner } from 'viga/runners/direct';
import { at, testStream } from 'viga/testing';

const pipeline = new Pipeline();

pipeline
  .apply(
    testStream<number>()
      .addElements(at(seconds(1), 10), at(seconds(2), 20))
      .advanceWatermarkTo(seconds(10))
      .addElements(at(seconds(3), 5))
      .advanceWatermarkTo(seconds(60))
      .addElements(at(seconds(4), 1_000))
      .advanceWatermarkToInfinity(),
  )
  .windowInto(fixedWindows({ size: seconds(10) }), {
    trigger: afterWatermark({ early: afterCount(1), late: afterCount(1) }),
    accumulationMode: 'accumulating',
    allowedLateness: seconds(30),
  })
  .keyBy(() => 'total')
  .combinePerKey(sum)
  .map(({ value }, { pane }) => console.log(`${pane.timing} ${pane.index}: ${value}`));

await pipeline.run(directRunner(), { onWarning: () => console.log('the last was too late') });
