import { MAIN } from '../../model/index.ts';
import type { Batch, StageRuntime } from '../execution/index.ts';
import type { StrictFeed, Turn } from '../run/index.ts';

/** After so many elements a bundle ends, for DoFns that do something at its end. */
const BUNDLE = 10_000;

/** How a stage is fed: batch by batch, in bundles. */
export class StageDriver {
  readonly #stage: StageRuntime;
  readonly #turn: Turn;
  readonly #hasBundles: boolean;
  readonly #strict: StrictFeed | undefined;
  #inBundle = 0;
  #bundle: number;

  constructor(stage: StageRuntime, turn: Turn, strict: StrictFeed | undefined) {
    this.#stage = stage;
    this.#turn = turn;
    this.#strict = strict;
    this.#hasBundles =
      strict !== undefined ||
      stage.spec.nodes.some(
        ({ step: { primitive } }) =>
          primitive.kind === 'ParDo' &&
          (primitive.doFn.startBundle !== undefined || primitive.doFn.finishBundle !== undefined),
      );
    this.#bundle = strict?.bundle(BUNDLE) ?? BUNDLE;
  }

  /** Runs a batch through the stage; a promise only where there is something to wait for. */
  push(batch: Batch, tag: string = MAIN): void | Promise<void> {
    return this.#strict === undefined ? this.#push(batch, tag) : this.#pushInParts(batch, tag, this.#strict);
  }

  /** Runs all batches through the stage. */
  async pushAll(batches: Iterable<Batch>, tag: string = MAIN): Promise<void> {
    for (const batch of batches) {
      const waits = this.push(batch, tag);
      if (waits) await waits;
    }
  }

  #push(batch: Batch, tag: string): void | Promise<void> {
    const waits = this.#stage.process(batch, tag);
    return waits ? waits.then(() => this.#after(batch.length)) : this.#after(batch.length);
  }

  async #pushInParts(batch: Batch, tag: string, strict: StrictFeed): Promise<void> {
    for (const part of strict.parts(batch)) await this.#push(part, tag);
  }

  #after(count: number): void | Promise<void> {
    this.#inBundle += count;
    if (!this.#hasBundles || this.#inBundle < this.#bundle) return this.#turn.take();
    this.#inBundle = 0;
    this.#bundle = this.#strict?.bundle(BUNDLE) ?? BUNDLE;
    return this.#stage.finishBundle().then(() => this.#turn.take());
  }
}
