import { StateError, type StateSpace } from '../../model/index.ts';

const KEY = Buffer.from('given');

/**
 * The last epoch that a sink is known to have, as the state remembers it.
 *
 * What a sink has is removed from the outbox. So a sink that says it has less was deleted, replaced or set back, and what it
 * had is nowhere.
 */
export class GivenEpochs {
  readonly #step: string;
  readonly #marks: StateSpace | undefined;

  constructor(step: string, marks: StateSpace | undefined) {
    this.#step = step;
    this.#marks = marks;
  }

  /** Remembers, as part of the epoch that is being made, that the sink has another epoch. */
  keep(epoch: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(epoch));
    this.#marks?.put(KEY, bytes);
  }

  /** Compares with what the sink has, as it says. @throws StateError if that is less. */
  refuseLess(has: number | undefined): void {
    const less = this.#less(has);
    if (less === undefined) return;
    throw new StateError(
      this.#step,
      'foreign',
      `${less}. What it had came before the state and would not be written again. Bring it back as it was, or begin a new job with an empty directory, which reads all input again.`,
    );
  }

  /** The same in one line for a sink of files, which people may take away on purpose; undefined where nothing is gone. */
  warningOfLess(has: number | undefined): string | undefined {
    const less = this.#less(has);
    if (less === undefined) return undefined;
    return `${this.#step}: ${less}. What it had is not written again; the job goes on behind it. If that is needed bring it back, or begin a new job with an empty directory.`;
  }

  #less(has: number | undefined): string | undefined {
    const bytes = this.#marks?.get(KEY);
    const given = bytes === undefined ? 0 : Number(Buffer.from(bytes).readBigUInt64BE());
    if (given <= (has ?? 0)) return undefined;
    return `${has === undefined ? 'the sink has nothing of this job' : `the sink has epoch ${has} of this job`}, and epoch ${given} was written to it: it was deleted, replaced or set back`;
  }
}
