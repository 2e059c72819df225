import type { LiveStage } from './live-stage.ts';
import type { SourceReads } from '../sources/index.ts';

/** What a source has given, and the stage that it is for; nothing where a reader has come to its end. */
export interface SourceTurn {
  readonly stage: LiveStage;
  readonly taken: ReturnType<SourceReads['take']>;
}

type ReadingStage = LiveStage & { readonly reads: SourceReads };

/** Which source is read next: each has its turn. */
export class SourceTurns {
  readonly #reading: readonly ReadingStage[];
  #next = 0;

  constructor(stages: readonly LiveStage[]) {
    this.#reading = stages.filter((stage): stage is ReadingStage => stage.reads !== undefined);
  }

  /** Whether some reader works, and may have something in a moment. */
  get isReading(): boolean {
    return this.#reading.some(({ reads }) => reads.isReading);
  }

  /** What is read next, of the sources of some stages; undefined if they have nothing now. */
  next(mayRead: (stage: LiveStage) => boolean): SourceTurn | undefined {
    const open = new Set(this.#reading.filter(mayRead));
    let ended: LiveStage | undefined;
    for (const stage of open) {
      if (stage.reads.tidy()) ended = stage;
      // What is read ahead of a stage that is busy would only wait.
      if (stage.busy === undefined) stage.reads.poke();
    }
    // Watermarks move on before anything else is done.
    if (ended !== undefined) return { stage: ended, taken: undefined };
    const { length } = this.#reading;
    for (let i = 0; i < length; i++) {
      const stage = this.#reading[(this.#next + i) % length];
      if (stage === undefined || !open.has(stage) || !stage.reads.isReady || stage.busy !== undefined) continue;
      this.#next = (this.#next + i + 1) % length;
      return { stage, taken: stage.reads.take() };
    }
    return undefined;
  }

  /**
   * Lets all sources say where to go on, and puts off what those that can't hand over meanwhile. Gives a stage whose source
   * can't, and whether any has handed something over.
   */
  settle(): { readonly unsettled: LiveStage | undefined; readonly hasGiven: boolean } {
    const unsettled = this.#reading.filter(({ reads }) => !reads.settle());
    let hasGiven = false;
    for (const stage of unsettled) {
      const taken = stage.reads.isReady ? stage.reads.take() : undefined;
      stage.reads.tidy();
      if (taken === undefined) continue;
      stage.putOff({ kind: 'elements', step: undefined, ...taken });
      hasGiven = true;
    }
    return { unsettled: unsettled[0], hasGiven };
  }
}
