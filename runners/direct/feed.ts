import { DEAD_LETTERS, type Step } from '../../model/index.ts';
import type { Batch } from '../execution/index.ts';
import type { StageDriver } from './driver.ts';
import type { Network } from './network.ts';
import type { PlannedStage } from '../plan/index.ts';
import { createdBatches, FROM_NOTHING, type Origin } from '../run/index.ts';
import { type Reading, readRestriction, restrictionsOf } from './read.ts';

/** What reading takes from the run, but for what the step itself says. */
export type ReadingEnvironment = Omit<Reading, 'step' | 'reader' | 'feed'>;

/** Feeds a root with all its elements: from a source, a grouping, a store. */
export function feedRoot(
  root: PlannedStage,
  driver: StageDriver,
  { network, readingOf }: { readonly network: Network; readonly readingOf: (step: Step) => ReadingEnvironment },
): Promise<void> {
  const { entryKind, entryStep } = root;
  switch (entryKind) {
    case 'source':
      return feedSource(entryStep, driver, readingOf);
    case 'group':
      return driver.pushAll(network.grouping(root)?.batches() ?? []);
    case 'buffer':
      return driver.pushAll(network.store(root)?.batches() ?? []);
    case 'rejects':
      return driver.pushAll(network.writes.get(entryStep)?.rejects?.batches() ?? [], DEAD_LETTERS);
    case 'splittable':
      return feedSplittable(entryStep, driver, network.store(root)?.batches() ?? [], {
        ...readingOf(entryStep),
        sideInputs: (window) => network.sideInputs(entryStep, window),
      });
    case 'merge':
    case 'keyed':
    case 'join':
      return Promise.resolve();
    default:
      return entryKind satisfies never;
  }
}

async function feedSource(
  step: Step,
  driver: StageDriver,
  readingOf: (step: Step) => ReadingEnvironment,
): Promise<void> {
  const { primitive } = step;
  if (primitive.kind !== 'Read') return driver.pushAll(createdBatches(step));
  const reading = readingFor(step, primitive.source, driver, readingOf(step));
  for (const restriction of await restrictionsOf(reading, FROM_NOTHING)) {
    await readRestriction(reading, FROM_NOTHING, restriction);
  }
}

async function feedSplittable(
  step: Step,
  driver: StageDriver,
  batches: Iterable<Batch>,
  environment: ReadingEnvironment,
): Promise<void> {
  const { primitive } = step;
  if (primitive.kind !== 'SplittableParDo') return;
  const reading = readingFor(step, primitive.reader, driver, environment);
  const isOncePerWindow = Object.keys(primitive.sideInputs).length > 0;
  for (const batch of batches) {
    for (let i = 0; i < batch.length; i++) {
      for (const origin of originsOf(batch, i, isOncePerWindow)) {
        for (const restriction of await restrictionsOf(reading, origin)) {
          await readRestriction(reading, origin, restriction);
        }
      }
    }
  }
}

/** An element of a batch as what is read; one for each of its windows where these see different side inputs. */
function originsOf(batch: Batch, i: number, isOncePerWindow: boolean): readonly Origin[] {
  const origin: Origin = {
    element: batch.values[i],
    timestamp: batch.timestamps?.[i] ?? batch.timestamp,
    windows: batch.windowsColumn?.[i] ?? batch.windows,
    pane: batch.panes?.[i] ?? batch.pane,
  };
  return isOncePerWindow ? origin.windows.map((window) => ({ ...origin, windows: [window] })) : [origin];
}

const readingFor = (
  step: Step,
  reader: Reading['reader'],
  driver: StageDriver,
  environment: ReadingEnvironment,
): Reading => ({ ...environment, step, reader, feed: (batch, tag) => driver.push(batch, tag) });
