import type { Step } from '../../model/index.ts';
import { type Batch, sharedBatch } from '../execution/index.ts';

/** Elements of a `create` that go through a stage together. */
const BATCH = 1_024;

/** What is there from the start: the elements of a Create, the one of an Impulse. */
export function* createdBatches({ primitive }: Step): Iterable<Batch> {
  if (primitive.kind === 'Impulse') yield sharedBatch([new Uint8Array(0)]);
  if (primitive.kind !== 'Create') return;
  const { elements, timestamps } = primitive;
  for (let from = 0; from < elements.length; from += BATCH) {
    const batch = sharedBatch(elements.slice(from, from + BATCH));
    yield timestamps ? { ...batch, timestamps: timestamps.slice(from, from + BATCH) } : batch;
  }
}
