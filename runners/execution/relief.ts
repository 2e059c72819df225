import type { NodeRuntime } from './node-runtime.ts';
import type { PendingCalls } from './pending-calls.ts';
import { type Edge, edgesOf, type StageSpec } from './stage.ts';
import type { StageEnvironment } from './stage-environment.ts';
import type { Resumption, Suspended } from './suspended.ts';

/** What making room needs of the stage. */
export interface ReliefEnvironment extends Resumption {
  readonly spec: StageSpec;
  readonly node: (index: number) => NodeRuntime;
  readonly turn: StageEnvironment['turn'];
  readonly suspended: Suspended;
  readonly pending: PendingCalls;
  /** There is room again. */
  readonly isRelieved: () => void;
}

/** How a stage that stopped for want of room goes on: edges are flushed, pending calls awaited, what was put off taken up. */
export class Relief {
  readonly #environment: ReliefEnvironment;
  readonly #edges: readonly Edge[];

  constructor(environment: ReliefEnvironment) {
    this.#environment = environment;
    this.#edges = edgesOf(environment.spec);
  }

  /** Makes room, and takes up what was suspended, until nothing is and every ring and edge has room. */
  async relieve(): Promise<void> {
    const { turn, suspended, isRelieved } = this.#environment;
    for (;;) {
      const waits = turn.take();
      if (waits) await waits;
      for (const edge of this.#edges) if (edge.isFull) await this.#outside(edge.flush(false));
      await this.#roomInRings();
      isRelieved();
      if (suspended.isEmpty) return;
      suspended.resumeFirst(this.#environment);
    }
  }

  /** Waits until no call is pending and nothing is put off. */
  async drain(): Promise<void> {
    const { suspended, pending } = this.#environment;
    for (;;) {
      await this.relieve();
      const busy = this.#busy();
      if (busy.length === 0 && suspended.isEmpty) return;
      const passed = busy.some((one) => this.#passOnNext(one));
      if (!passed && suspended.isEmpty) await this.#outside(pending.settling());
    }
  }

  /** Passes on all results whose turn has come, and flushes edges; calls that go on are not waited for. */
  async passOnReady(): Promise<void> {
    do await this.relieve();
    while (this.#busy().some((one) => this.#passOnNext(one)) || !this.#environment.suspended.isEmpty);
    for (const edge of this.#edges) await edge.flush(true);
  }

  /** Steps with calls that were not passed on, the last first. */
  #busy(): readonly NodeRuntime[] {
    const { spec, node } = this.#environment;
    return spec.nodes
      .map(({ index }) => node(index))
      .filter(({ ring }) => ring.size > 0)
      .toReversed();
  }

  /** Waits for something outside the stage, and then until it may go on. */
  async #outside(something: void | Promise<void>): Promise<void> {
    await something;
    await this.#environment.turn.take();
  }

  /**
   * Makes room where the first part that was put off leads, or else in all rings. From the last step to the first, and
   * back to the part that a result leaves behind: so no result overtakes another.
   */
  async #roomInRings(): Promise<void> {
    const { spec, node, suspended, pending } = this.#environment;
    const first = suspended.first;
    const steps = first === undefined ? spec.nodes : first.segment.steps;
    for (const { index } of steps.toReversed()) {
      const { ring } = node(index);
      while (ring.isFull) {
        if (!this.#passOnNext(node(index))) await this.#outside(pending.settling());
        if (suspended.first !== first) return this.#roomInRings();
      }
    }
  }

  /** Passes on the next result of a step; what of it has no room comes before all that was put off earlier. */
  #passOnNext(node: NodeRuntime): boolean {
    const { suspended, pending, isRelieved } = this.#environment;
    isRelieved();
    return suspended.inFront(() => pending.passOnNext(node));
  }
}
