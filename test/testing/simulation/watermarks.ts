import { fromBytes, type StateStore, structuralCoder, type Timestamp } from '../../../model/index.ts';
import type { Watch } from '../../../testing/simulation/index.ts';

/** What the engine keeps of a stage's time. */
interface SavedTime {
  readonly inputWatermark: Timestamp;
  readonly outputWatermark: Timestamp;
}

/** Looks at the watermarks in each durable epoch: none may fall, across restarts too, nor pass its input. */
export function watermarkWatch(problems: string[]): Watch {
  const last = new Map<string, SavedTime>();
  return {
    committed(store, epoch) {
      for (const [stage, time] of watermarksIn(store)) {
        const before = last.get(stage);
        if (
          before !== undefined &&
          (time.outputWatermark < before.outputWatermark || time.inputWatermark < before.inputWatermark)
        ) {
          problems.push(`the watermarks of ${stage} fell in epoch ${epoch}: ${shown(before)}, then ${shown(time)}`);
        }
        if (time.outputWatermark > time.inputWatermark) {
          problems.push(`the output of ${stage} is ahead of its input in epoch ${epoch}: ${shown(time)}`);
        }
        last.set(stage, time);
      }
    },
  };
}

function* watermarksIn(store: StateStore): Iterable<readonly [string, SavedTime]> {
  for (const { key, value } of store.space('viga#stages').scan()) {
    // Watermarks of side inputs are plain numbers.
    const saved = fromBytes(structuralCoder, value) as SavedTime | number;
    const time = typeof saved === 'number' ? { inputWatermark: saved, outputWatermark: saved } : saved;
    yield [Buffer.from(key).toString(), time];
  }
}

const shown = ({ inputWatermark, outputWatermark }: SavedTime): string =>
  `in ${inputWatermark}, out ${outputWatermark}`;
