import { MAIN, type Random } from '../../model/index.ts';
import type { Batch, StageRuntime } from '../execution/index.ts';
import type { Turn } from './turn.ts';

/** After so many elements a bundle ends, for DoFns that do something at its end. */
const BUNDLE = 10_000;

/** How a stage is fed: batch by batch, in bundles. */
export class StageDriver {
  readonly #stage: StageRuntime;
  readonly #turn: Turn;
  readonly #hasBundles: boolean;
  readonly #sizes: Random | undefined;
  #inBundle = 0;
  #bundle = BUNDLE;

  /** With `sizes`, batches and bundles are cut at random. */
  constructor(stage: StageRuntime, turn: Turn, sizes: Random | undefined) {
    this.#stage = stage;
    this.#turn = turn;
    this.#sizes = sizes;
    this.#hasBundles = stage.spec.nodes.some(
      ({ step: { primitive } }) =>
        primitive.kind === 'ParDo' &&
        (primitive.doFn.startBundle !== undefined || primitive.doFn.finishBundle !== undefined),
    );
    this.#bundle = this.#nextBundle();
  }

  /** Runs a batch through the stage; a promise only where there is something to wait for. */
  push(batch: Batch, tag: string = MAIN): void | Promise<void> {
    if (this.#sizes !== undefined) return this.#pushInParts(batch, tag, this.#sizes);
    const waits = this.#stage.process(batch, tag);
    return waits ? waits.then(() => this.#after(batch.length)) : this.#after(batch.length);
  }

  /** Ends the last bundle. */
  async end(): Promise<void> {
    await this.#stage.finishBundle();
  }

  #after(count: number): void | Promise<void> {
    this.#inBundle += count;
    const mayEnd = this.#hasBundles || this.#sizes !== undefined;
    if (!mayEnd || this.#inBundle < this.#bundle) return this.#turn.take();
    this.#inBundle = 0;
    this.#bundle = this.#nextBundle();
    return this.#stage.finishBundle().then(() => this.#turn.take());
  }

  #nextBundle(): number {
    return this.#sizes === undefined ? BUNDLE : 1 + Math.floor(this.#sizes.next() * 20);
  }

  async #pushInParts(batch: Batch, tag: string, sizes: Random): Promise<void> {
    for (let from = 0; from < batch.length; ) {
      const to = Math.min(batch.length, from + 1 + Math.floor(sizes.next() * 8));
      await this.#stage.process(sliceBatch(batch, from, to), tag);
      await this.#after(to - from);
      from = to;
    }
  }
}

/** A part of a batch. */
export function sliceBatch(batch: Batch, from: number, to: number): Batch {
  const { coordinate } = batch;
  return {
    ...batch,
    values: batch.values.slice(from, to),
    length: to - from,
    timestamps: batch.timestamps?.slice(from, to) ?? null,
    windowsColumn: batch.windowsColumn?.slice(from, to) ?? null,
    panes: batch.panes?.slice(from, to) ?? null,
    coordinate: coordinate && ((index) => coordinate(from + index)),
  };
}
