import {
  afterProcessingTime,
  type DeadLetter,
  globalWindows,
  type PCollection,
  type PTransform,
  ptransform,
  repeatedly,
  seconds,
} from 'viga';
import { writeJsonLines } from 'viga/io/json';

/** Writes what is no message into a folder, one a line: where it stood, what is wrong with it, the text itself. */
export function writeRejected(folder: string): PTransform<PCollection<DeadLetter<unknown>>, void> {
  return ptransform('WriteRejected', (failed: PCollection<DeadLetter<unknown>>) => {
    failed
      .map(({ coordinate, error, element }) => ({ place: coordinate, reason: error.message, message: element }), {
        name: 'Reason',
      })
      // What has no readable event time belongs to no window: in streaming there is a file for what a while brought.
      .windowInto(globalWindows(), {
        trigger: repeatedly(afterProcessingTime({ delay: seconds(10) })),
        accumulationMode: 'discarding',
      })
      .apply(writeJsonLines({ files: `${folder}/` }));
  });
}
