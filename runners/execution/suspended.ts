import type { Batch } from './batch.ts';
import type { Chunks } from './chunks.ts';
import type { NodeRuntime } from './node-runtime.ts';
import type { RingEntry } from './ring.ts';
import type { Segment } from './stage-environment.ts';

/** A part of a stage that stopped for want of room. */
export interface Resumable {
  readonly segment: Segment;
  batch: Batch;
  from: number;
  /** The outputs of a call that has more of them. */
  readonly more: { readonly node: NodeRuntime; readonly chunks: Chunks; readonly like: RingEntry } | undefined;
}

/** What taking up work needs of the stage. */
export interface Resumption {
  readonly run: (segment: Segment, batch: Batch, from: number) => number;
  /** The next outputs of a call; none at its end. */
  readonly pull: (more: NonNullable<Resumable['more']>) => Batch;
  readonly isFull: () => boolean;
}

/**
 * What a stage has put off, in the order in which it must be taken up: innermost first, so that outputs of an element come
 * before those of the next.
 */
export class Suspended {
  #parts: Resumable[] = [];

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  push(part: Resumable): void {
    this.#parts.push(part);
  }

  /** All that is put off, in order. */
  get parts(): readonly Resumable[] {
    return this.#parts;
  }

  /** What comes first: nothing that it leads to may be overtaken. */
  get first(): Resumable | undefined {
    return this.#parts[0];
  }

  /** Does work whose own rest comes before all that is there. */
  inFront(work: () => boolean): boolean {
    const others = this.#parts;
    this.#parts = [];
    try {
      return work();
    } finally {
      this.#parts.push(...others);
    }
  }

  /** Takes up the first part. What it puts off in turn comes before its own rest, and both before the other parts. */
  resumeFirst({ run, pull, isFull }: Resumption): void {
    const [first, ...others] = this.#parts;
    if (first === undefined) return;
    this.#parts = [];
    const { segment, more } = first;
    first.from = run(segment, first.batch, first.from);
    let hasMore = more !== undefined;
    while (hasMore && more !== undefined && first.from >= first.batch.length && !isFull()) {
      first.batch = pull(more);
      hasMore = first.batch.length > 0;
      first.from = run(segment, first.batch, 0);
    }
    if (hasMore || first.from < first.batch.length) this.#parts.push(first);
    this.#parts.push(...others);
  }
}
