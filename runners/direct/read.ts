import {
  type BoundedWindow,
  DEAD_LETTERS,
  type Host,
  MAIN,
  PipelineError,
  type SourceBatch,
  type SourceContext,
  type SourceOutput,
  type Step,
} from '../../model/index.ts';
import { type Batch, waitFor } from '../execution/index.ts';
import {
  type AnyReader,
  checkDone,
  checkParts,
  checkResult,
  connectorError,
  named,
  type Origin,
  type ReadProgress,
  Rejects,
  type RunReader,
  type SplitAt,
  sizeOf,
  takeBatch,
} from '../run/index.ts';

/** Takes the batches that a reader gives, by the tag of the step's output. */
export type Feed = (batch: Batch, tag: string) => void | Promise<void>;

/** What reading takes from the run. */
export interface Reading {
  readonly step: Step;
  readonly reader: AnyReader;
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly feed: Feed;
  readonly progress: ReadProgress;
  readonly scoped: RunReader;
  /** What a reader with side inputs sees from a window. */
  readonly sideInputs?: (window: BoundedWindow) => Readonly<Record<string, unknown>>;
  /** In how many parts restrictions are divided. */
  readonly parts: number;
  /** Whether what is read is split while it is read, and where. */
  readonly splitAt: SplitAt | undefined;
}

/** The restrictions of one element: what is to be read for it. */
export async function restrictionsOf(reading: Reading, origin: Origin): Promise<readonly unknown[]> {
  const { reader, step, parts, progress } = reading;
  const context = contextOf(reading);
  const initial = await named(step.path, 'finding what to read', () =>
    reader.initialRestriction(origin.element, context),
  );
  if (reader.isBounded?.(initial) === false) {
    throw new PipelineError(
      step.path,
      'what it reads never ends, though the step says that it does. Those behind it would wait for that for ever. Give isBounded: false, or read a bounded part.',
    );
  }
  progress.expect(sizeOf(step.path, reader, initial));
  if (parts <= 1 || !reader.split) return [initial];
  return named(step.path, 'dividing what is read', async () =>
    checkParts(step.path, (await reader.split?.(initial, parts, context)) as readonly unknown[]),
  );
}

/** Reads a restriction to its end, in as many parts as it is split into meanwhile. */
export async function readRestriction(reading: Reading, origin: Origin, restriction: unknown): Promise<void> {
  const open = [restriction];
  while (open.length > 0) await readPart(reading, origin, open);
}

/** Reads the first of the open restrictions; what is split off while it is read is open as well. */
async function readPart(reading: Reading, origin: Origin, open: unknown[]): Promise<void> {
  const { reader, host, signal, sideInputs, splitAt } = reading;
  const [window] = origin.windows;
  const context = { ...contextOf(reading), sideInputs: window === undefined ? {} : (sideInputs?.(window) ?? {}) };
  let tracker = reader.createTracker(open.shift());
  const output = new ReaderOutput(reading, origin, () => {
    const fraction = splitAt?.();
    const parts = fraction === undefined ? undefined : tracker.trySplit(fraction);
    if (parts !== undefined) open.push(parts.residual);
  });
  for (;;) {
    signal.throwIfAborted();
    const read = await readOnce(reading, output, () =>
      reading.scoped(() => reader.read(origin.element, tracker, output, context)),
    );
    const result = checkResult(reading.step.path, read);
    await output.flushRejects();
    if (result === undefined) break;
    const rest = tracker.trySplit(0);
    if (rest === undefined) break;
    await waitFor(host.clock, result.resumeAfter, signal);
    tracker = reader.createTracker(rest.residual);
  }
  checkDone(reading.step.path, origin.element, tracker);
}

/** What a reader throws names its step; what was thrown behind it, by a step that got its elements, passes as it is. */
async function readOnce<T>({ step }: Reading, output: ReaderOutput, read: () => T | PromiseLike<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error === output.thrownBehind ? error : connectorError(step.path, 'reading', error);
  }
}

const contextOf = ({ host, signal, step }: Reading): SourceContext => ({ host, signal, step: step.path });

class ReaderOutput implements SourceOutput<unknown> {
  readonly #reading: Reading;
  readonly #origin: Origin;
  readonly #rejects: Rejects;
  /** What the steps that get the elements threw. */
  thrownBehind: unknown;
  readonly #afterBatch: () => void;

  constructor(reading: Reading, origin: Origin, afterBatch: () => void) {
    this.#reading = reading;
    this.#origin = origin;
    this.#rejects = new Rejects(reading.step, origin);
    this.#afterBatch = afterBatch;
  }

  emit(source: SourceBatch<unknown>): void | Promise<void> {
    const { progress, step } = this.#reading;
    const batch = takeBatch(step.path, source, this.#origin, progress);
    if (this.#rejects.length > 0) return this.#emitAfterRejects(batch);
    return this.#emitBatch(batch);
  }

  async #emitAfterRejects(batch: Batch | undefined): Promise<void> {
    await this.flushRejects();
    await this.#emitBatch(batch);
  }

  #emitBatch(batch: Batch | undefined): void | Promise<void> {
    this.#afterBatch();
    if (batch !== undefined) return this.#feed(batch, MAIN);
  }

  reject(record: unknown, error: Error, coordinate?: string): void {
    this.#rejects.add(record, error, coordinate);
  }

  async flushRejects(): Promise<void> {
    if (this.#rejects.length > 0) await this.#feed(this.#rejects.take(), DEAD_LETTERS);
  }

  #feed(batch: Batch, tag: string): void | Promise<void> {
    const failed = (error: unknown): never => {
      this.thrownBehind = error;
      throw error;
    };
    try {
      return this.#reading.feed(batch, tag)?.catch(failed);
    } catch (error) {
      return failed(error);
    }
  }

  // A bounded run goes from the lowest watermark to the highest in one step: there is nothing to hold or carry.
  advanceWatermark(): void {}

  setIdle(): void {}
}
