import {
  ConnectorError,
  type Delivery,
  type Host,
  type PaneInfo,
  type Sink,
  type SinkBatch,
  type SinkContext,
  type SinkWriter,
  StateError,
  type StateSpace,
  type Step,
  type Timestamp,
} from '../../model/index.ts';
import { BatchBuilder, type Edge, waitFor, type Windows } from '../execution/index.ts';
import { named, sinkBatch } from '../run/index.ts';
import { GivenEpochs } from './given-epochs.ts';
import { Outbox } from './outbox.ts';
import { SinkRejects } from './sink-rejects.ts';

/** Elements that are handed to a sink together. */
const BATCH = 1_024;
/** The wait before a delivery is tried again, in milliseconds; it doubles up to the last. */
const FIRST_RETRY = 100;
const LAST_RETRY = 30_000;

/** Says of a write whose input ends that the whole was prepared: once, or an empty whole would take its place. */
const PREPARED = Buffer.from('prepared');

/** What a write takes from its run. */
export interface LiveWriteEnvironment {
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly jobId: string;
  /** Where what a durable epoch has for the sink waits; undefined in a run that keeps nothing. */
  readonly space: StateSpace | undefined;
  /** Where elements wait for the end of an input that has one; undefined in a run that keeps nothing. */
  readonly held: StateSpace | undefined;
  /** Remembers from run to run that the whole was prepared. */
  readonly marks: StateSpace | undefined;
  /** Whether all of its input has come. */
  readonly isComplete: () => boolean;
  /** Where dead letters of the sink go. */
  readonly rejects: Edge | undefined;
}

/**
 * One Write step of a streaming run.
 *
 * A sink that writes an epoch at once (`deliver`) gets its elements from the outbox, where they wait until the epoch is
 * durable. Any other stages what it is given; what its `prepare` returns at the cut waits in the outbox in their place. Where
 * the input ends, that is the cut after its end: what such a sink publishes is the whole. Until then its elements wait in
 * `held`, part of the epochs that they came in.
 *
 * Invariant: a sink is told to make something visible only after the epoch that holds it is durable.
 */
export class LiveWrite implements Edge {
  readonly name: string;
  readonly step: Step;
  readonly sink: Sink<unknown>;
  readonly #environment: LiveWriteEnvironment;
  readonly #outbox: Outbox;
  readonly #given: GivenEpochs;
  readonly #rejects: SinkRejects;
  readonly #builder = new BatchBuilder();
  readonly #held: Outbox | undefined;
  readonly #delivers: boolean;
  /** Whether it makes visible everything at once, when its input has ended. */
  readonly #isWhole: boolean;
  #isPrepared = false;
  /** Writers whose epochs the sink does not have yet. */
  readonly #staged = new Map<number, SinkWriter<unknown, unknown>>();
  #writer: SinkWriter<unknown, unknown> | undefined;
  #epoch = 1;
  /** Ends with what was handed over last: several stages may write, and the sink is opened once and gets one batch at a time. */
  #written = Promise.resolve();
  /** The last cut and the last delivery: also where nobody waits for them any more, the sink may be at work. */
  #preparing: Promise<void> | undefined;
  #delivering: Promise<void> | undefined;
  /** Batches on their way to the sink. */
  #inHand = 0;
  bytes = 0;

  constructor(step: Step, sink: Sink<unknown>, environment: LiveWriteEnvironment) {
    this.name = step.path;
    this.step = step;
    this.sink = sink;
    this.#environment = environment;
    this.#outbox = new Outbox(environment.space);
    this.#given = new GivenEpochs(step.path, environment.marks);
    this.#rejects = new SinkRejects(step, this.#outbox, environment.rejects);
    this.#delivers = sink.deliver !== undefined && environment.space !== undefined;
    this.#isWhole = !this.#delivers && step.inputs.every(({ isBounded }) => isBounded);
    this.#held = this.#isWhole && environment.held !== undefined ? new Outbox(environment.held) : undefined;
  }

  /** Bytes that wait for the sink. */
  get waiting(): number {
    return this.#outbox.bytes;
  }

  /** How many elements the sink rejected. */
  get rejected(): number {
    return this.#rejects.count;
  }

  /** Whether the sink has rejected something of an epoch, and gets the rest of it after the next cut. */
  get waitsForCut(): boolean {
    return this.#rejects.areWaiting;
  }

  /** Whether the sink has something, or is to get it, that may still become a dead letter, although no more comes. */
  get mayReject(): boolean {
    if (!this.#rejects.areKept || !this.#environment.isComplete()) return false;
    const isOpen = this.#isWhole ? !this.#isPrepared : this.#writer !== undefined || this.#builder.length > 0;
    return isOpen || !this.#outbox.isEmpty;
  }

  /** Whether the sink is given something now. */
  get isWriting(): boolean {
    return this.#inHand > 0;
  }

  get isFull(): boolean {
    return this.#builder.length >= BATCH;
  }

  add(value: unknown, timestamp: Timestamp, windows: Windows, pane: PaneInfo): void {
    this.#builder.add(value, timestamp, windows, pane);
  }

  flush(all: boolean): void | Promise<void> {
    if (this.#builder.length > 0 && (all || this.isFull)) return this.#take(sinkBatch(this.#builder.take()));
  }

  /** Finishes what a crash cut off, and finds out how far the sink is. `epoch` is the last durable one. */
  async open(epoch: number): Promise<void> {
    this.#epoch = epoch + 1;
    this.#outbox.restore();
    this.#held?.restore();
    this.#isPrepared = this.#environment.marks?.get(PREPARED) !== undefined;
    // What is staged for a durable epoch is published before anything that is left over is swept away.
    if (!this.#delivers) await this.deliver((waiting) => waiting <= epoch);
    await named(this.name, 'opening its sink', async () => {
      await this.sink.recover?.(this.#context(epoch));
      if (this.sink.delivered === undefined) return;
      const has = await this.sink.delivered(this.#environment.jobId, this.#context(epoch));
      if (!this.#delivers) return this.#warnOf(this.#given.warningOfLess(has));
      if (has !== undefined && has > epoch) throw olderThanSink(this.name, has, epoch);
      this.#given.refuseLess(has);
    });
  }

  #warnOf(message: string | undefined): void {
    if (message !== undefined) this.#environment.host.warn(message);
  }

  /** Ends the epoch for this sink: what is to become visible of it is then in the outbox. */
  prepare(epoch: number): Promise<void> {
    this.#preparing = this.#prepare(epoch);
    return this.#preparing;
  }

  async #prepare(epoch: number): Promise<void> {
    await this.flush(true);
    this.#epoch = epoch + 1;
    const given = this.#outbox.forgetDelivered();
    if (given !== undefined) this.#given.keep(given);
    if (this.#isWhole) {
      if (this.#isPrepared || !this.#environment.isComplete()) return;
      this.#isPrepared = true;
      this.#environment.marks?.put(PREPARED, new Uint8Array(1));
      await this.#writeHeld(epoch);
    }
    const writer = this.#writer;
    if (writer === undefined) return;
    this.#staged.set(epoch, writer);
    this.#writer = undefined;
    const committable = await named(this.name, 'finishing what was written', () => writer.prepare());
    this.#outbox.add(epoch, { committable });
  }

  /** Hands the sink what waited for the end of the input; it is opened even for nothing. */
  async #writeHeld(epoch: number): Promise<void> {
    await named(this.name, 'writing', async () => {
      this.#writer ??= await this.sink.open(this.#context(epoch));
      for (let at = this.#held?.next; at !== undefined; at = this.#held?.next) {
        // Entries are the batches that `#take` put there.
        for (const batch of this.#held?.entries(at) ?? []) await this.#writer.write(batch as SinkBatch<unknown>);
        this.#held?.delivered(at);
      }
    });
    this.#held?.forgetDelivered();
  }

  /** Makes dead letters of what the sink rejected since, after `prepare` and within the transaction of the epoch. */
  cutRejects(): void {
    this.#rejects.cut();
  }

  /** The epoch is durable. */
  committed(): void {
    this.#rejects.committed();
  }

  /** Brings what durable epochs have for the sink to it, in order. Called again after a failure, it goes on where it was. */
  deliver(isDurable: (epoch: number) => boolean): Promise<void> {
    this.#delivering = this.#deliver(isDurable);
    return this.#delivering;
  }

  async #deliver(isDurable: (epoch: number) => boolean): Promise<void> {
    for (let epoch = this.#due(isDurable); epoch !== undefined; epoch = this.#due(isDurable)) {
      if (!(await this.#deliverUntilThere(epoch))) return;
      this.#outbox.delivered(epoch);
      this.#staged.delete(epoch);
    }
  }

  /**
   * A sink that is out of reach for a while gets its epoch later; any other failure ends the run. False if the epoch has to
   * wait for the next cut.
   */
  async #deliverUntilThere(epoch: number): Promise<boolean> {
    const { host, signal } = this.#environment;
    for (let wait = FIRST_RETRY; ; wait = Math.min(wait * 2, LAST_RETRY)) {
      try {
        return await named(this.name, 'making visible what was written', () => this.#deliverEpoch(epoch));
      } catch (error) {
        if (!(error instanceof ConnectorError && error.retryable)) throw error;
        if (wait === FIRST_RETRY) host.warn(`${error.message} It is tried again until it succeeds; nothing is lost.`);
        await waitFor(host.clock, wait * (0.5 + host.random.next() / 2), signal);
      }
    }
  }

  /** Whether something waits that may be delivered. */
  hasDue(isDurable: (epoch: number) => boolean): boolean {
    return this.#due(isDurable) !== undefined;
  }

  #due(isDurable: (epoch: number) => boolean): number | undefined {
    const { next } = this.#outbox;
    return next !== undefined && isDurable(next) && !this.waitsForCut ? next : undefined;
  }

  /**
   * Gives up what was staged and is of no durable epoch: what is goes to the sink when the job is started again. What the sink
   * does just then comes to its end before, as it would put something into the place that is removed.
   */
  async abort(isDurable: (epoch: number) => boolean): Promise<void> {
    await Promise.allSettled([this.#written, this.#preparing, this.#delivering]);
    const writers = [...this.#staged].filter(([epoch]) => !isDurable(epoch)).map(([, writer]) => writer);
    if (this.#writer !== undefined) writers.push(this.#writer);
    this.#writer = undefined;
    this.#staged.clear();
    for (const writer of writers) await writer.abort();
  }

  async #deliverEpoch(epoch: number): Promise<boolean> {
    const { jobId } = this.#environment;
    const context = this.#context(epoch);
    if (this.#delivers) {
      return this.#rejects.deliver(epoch, (batches) => {
        const delivery: Delivery<unknown> = { jobId, epoch, batches };
        return this.sink.deliver?.(delivery, context);
      });
    }
    for (const entry of this.#outbox.entries(epoch)) {
      await this.sink.commit((entry as { committable: unknown }).committable, context); // as it was put into the outbox
    }
    return true;
  }

  #take(batch: SinkBatch<unknown>): void | Promise<void> {
    const waitsIn = this.#delivers ? this.#outbox : this.#held;
    if (waitsIn !== undefined) {
      waitsIn.add(this.#epoch, batch);
      return;
    }
    this.#inHand++;
    this.#written = this.#written.then(() => this.#write(batch));
    return this.#written;
  }

  async #write(batch: SinkBatch<unknown>): Promise<void> {
    await named(this.name, 'writing', async () => {
      this.#writer ??= await this.sink.open(this.#context(this.#epoch));
      await this.#writer.write(batch);
    });
    this.#inHand--;
  }

  #context(epoch: number): SinkContext {
    const { host, signal, jobId } = this.#environment;
    return {
      host,
      signal,
      step: this.name,
      runId: `${jobId}-${epoch}`,
      job: { id: jobId, epoch },
      reject: (element, error) => this.#rejects.reject(element, error),
      wrote: (bytes) => {
        this.bytes += bytes;
      },
    };
  }
}

const olderThanSink = (step: string, has: number, epoch: number): StateError =>
  new StateError(
    step,
    'older',
    `the sink has epoch ${has} of this job and the state directory stands at ${epoch}: a restored backup, or another copy of the directory. Going on would write elements twice. Use the newest state directory, or begin a new job with an empty one.`,
  );
