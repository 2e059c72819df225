import { type Host, MAX_TIMESTAMP, MIN_TIMESTAMP } from '../../model/index.ts';
import type { StageRuntime, StepTime } from '../execution/index.ts';
import { KeyedOperator } from '../keyed/index.ts';
import type { Turn } from '../run/index.ts';

/** Calls and outputs that are done before other work of the process has its turn. */
const BUDGET = 2_048;

/**
 * A stage of a bounded run that begins with a step that keeps state or timers: time stands at its lowest while elements come,
 * and then at its highest, so nothing is late, and timers in processing time are dropped.
 */
export class KeyedStage {
  readonly #operator: KeyedOperator;
  readonly #runtime: StageRuntime;
  readonly #time: StepTime;

  constructor(runtime: StageRuntime, { clock, codegen }: Host) {
    this.#runtime = runtime;
    this.#time = { inputWatermark: MIN_TIMESTAMP, outputWatermark: MIN_TIMESTAMP, processingTime: clock.now() };
    this.#operator = new KeyedOperator({
      runtime,
      time: this.#time,
      codegen,
      space: () => undefined,
      lateDrop: () => undefined,
    });
  }

  /** All elements have come: all that is due at the end of time is done. */
  async end(turn: Turn): Promise<void> {
    await this.#runtime.finishBundle();
    this.#time.inputWatermark = MAX_TIMESTAMP;
    while (!(await this.#operator.advance(BUDGET))) {
      await this.#runtime.settled();
      await turn.take();
    }
    await this.#runtime.finishBundle();
  }
}
