import {
  DEAD_LETTERS,
  ElementError,
  GLOBAL_WINDOW,
  type Host,
  MIN_TIMESTAMP,
  NO_FIRING,
  type Sink,
  type SinkContext,
  type SinkWriter,
  type Step,
} from '../../model/index.ts';
import { deadLetterOf, GLOBAL_ONLY } from '../execution/index.ts';
import type { ElementStore } from '../shuffle/index.ts';
import { named } from '../run/index.ts';
import { SinkEdge } from './edges.ts';

/** What a write takes from its run. */
export interface WriteEnvironment {
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly runId: string;
  readonly store: (name: string) => ElementStore;
}

/**
 * One Write step of a bounded run: a single epoch. Its writer is opened at the start, prepared when all is written, and
 * committed after all writers of the run are prepared.
 */
export class Write {
  readonly step: Step;
  readonly edge: SinkEdge;
  /** What the sink could not write, where dead letters were asked for. */
  readonly rejects: ElementStore | undefined;
  readonly #sink: Sink<unknown>;
  readonly #context: SinkContext;
  #writer: SinkWriter<unknown, unknown> | undefined;
  #committable: { readonly value: unknown } | undefined;
  #isCommitted = false;
  rejected = 0;
  bytes = 0;

  constructor(step: Step, sink: Sink<unknown>, { store, ...run }: WriteEnvironment) {
    this.step = step;
    this.#sink = sink;
    this.rejects = step.outputs.has(DEAD_LETTERS) ? store(step.path) : undefined;
    this.#context = {
      ...run,
      step: step.path,
      reject: (element, error) => this.#reject(element, error),
      wrote: (bytes) => {
        this.bytes += bytes;
      },
    };
    this.edge = new SinkEdge(step.path, () => this.#open());
  }

  get isPrepared(): boolean {
    return this.#committable !== undefined;
  }

  async open(): Promise<void> {
    await named(this.step.path, 'opening its sink', async () => {
      await this.#sink.recover?.(this.#context);
      this.#writer = await this.#sink.open(this.#context);
    });
  }

  async prepare(): Promise<void> {
    await this.edge.flush(true);
    this.#committable = {
      value: await named(this.step.path, 'finishing what was written', () => this.#open().prepare()),
    };
  }

  async commit(): Promise<void> {
    const committable = this.#committable;
    if (committable === undefined) return;
    await named(this.step.path, 'making visible what was written', () =>
      this.#sink.commit(committable.value, this.#context),
    );
    this.#isCommitted = true;
  }

  async abort(): Promise<void> {
    if (!this.#isCommitted) await this.#writer?.abort();
  }

  #open(): SinkWriter<unknown, unknown> {
    if (this.#writer === undefined) throw new Error(`This is a bug in Viga: ${this.step.path} was not opened.`);
    return this.#writer;
  }

  #reject(element: unknown, error: Error): void {
    if (this.rejects === undefined) {
      throw error instanceof ElementError
        ? error
        : new ElementError(this.step.path, element, error.message, { cause: error });
    }
    this.rejected++;
    const call = { element, timestamp: MIN_TIMESTAMP, windows: [GLOBAL_WINDOW], attempts: 1, coordinate: undefined };
    this.rejects.add(deadLetterOf(this.step.path, error, call), MIN_TIMESTAMP, GLOBAL_ONLY, NO_FIRING);
  }
}
