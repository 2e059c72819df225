import { type Host, MAX_TIMESTAMP, MIN_TIMESTAMP, type StateSpace } from '../../model/index.ts';
import type { Batch, StageRuntime, StepTime } from '../execution/index.ts';
import { KeyedOperator } from '../keyed/index.ts';
import type { StrictFeed, Turn } from '../run/index.ts';
import type { MemoryWatch } from '../shuffle/index.ts';
import { StageDriver } from './driver.ts';
import { keptSpillable } from './kept-spillable.ts';

/** Calls and outputs that are done before other work of the process has its turn. */
const BUDGET = 2_048;

/** What a keyed stage takes from its run besides the machine. */
export interface KeyedSchedule {
  readonly turn: Turn;
  readonly strict: StrictFeed | undefined;
  readonly memory: MemoryWatch;
  /** Where what it keeps goes that memory has no room for. */
  readonly space: (name: string) => StateSpace;
  /** Told why something stays in memory. */
  readonly warn: (reason: string) => void;
}

/**
 * A stage of a bounded run that begins with a step that keeps state or timers: time stands at its lowest while elements come,
 * and then at its highest, so nothing is late, and timers in processing time are dropped.
 */
export class KeyedStage {
  readonly #operator: KeyedOperator;
  readonly #runtime: StageRuntime;
  readonly #time: StepTime;
  readonly #turn: Turn;
  readonly #driver: StageDriver;

  constructor(runtime: StageRuntime, { clock, codegen }: Host, { turn, strict, memory, space, warn }: KeyedSchedule) {
    this.#runtime = runtime;
    this.#turn = turn;
    this.#driver = new StageDriver(runtime, turn, strict);
    this.#time = { inputWatermark: MIN_TIMESTAMP, outputWatermark: MIN_TIMESTAMP, processingTime: clock.now() };
    this.#operator = new KeyedOperator({
      runtime,
      time: this.#time,
      codegen,
      space: (name) => space(`${runtime.node(0).path}/${name}`),
      lateDrop: () => undefined, // the watermark stands at its lowest
    });
    memory.add(keptSpillable(this.#operator, warn));
  }

  /** Takes elements from the stages that feed it. */
  push(batch: Batch): void | Promise<void> {
    return this.#driver.push(batch);
  }

  /** All elements have come: all that is due at the end of time is done. */
  async end(): Promise<void> {
    await this.#runtime.finishBundle();
    this.#time.inputWatermark = MAX_TIMESTAMP;
    while (!(await this.#operator.advance(BUDGET))) {
      await this.#runtime.settled();
      await this.#turn.take();
    }
    await this.#runtime.finishBundle();
  }
}
