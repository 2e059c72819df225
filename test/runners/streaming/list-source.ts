import { OffsetTracker, type OffsetRange, type Source, type Timestamp } from '../../../model/index.ts';

/** What a {@link listSource} does next: give elements, move its watermark, say that it is idle, or rest for a while. */
export type Action<T> =
  | { readonly give: readonly (readonly [T, Timestamp])[] }
  | { readonly watermark: Timestamp }
  | { readonly idle: boolean }
  | { readonly rest: number };

/** A source that follows a list of actions; its position is the number of the action. Endless if `ends` is false. */
export function listSource<T>(
  actions: readonly Action<T>[],
  {
    ends = true,
    isLive = false,
    onRead = () => undefined,
  }: { ends?: boolean; isLive?: boolean; onRead?: (at: number) => void } = {},
): Source<T, OffsetRange, number> {
  const end = ends ? actions.length : Number.MAX_SAFE_INTEGER;
  return {
    kind: 'source',
    name: 'List',
    isLive,
    isBounded: () => ends,
    initialRestriction: () => ({ from: 0, to: end }),
    createTracker: (range) => new OffsetTracker(range),
    async read(_element, tracker, output) {
      for (let i = tracker.currentRestriction().from; ; i++) {
        const action = actions[i];
        if (action === undefined && !ends) return { resumeAfter: 1_000 };
        if (!tracker.tryClaim(i)) return undefined;
        onRead(i);
        if (action === undefined) return undefined;
        if ('rest' in action) return { resumeAfter: action.rest };
        if ('watermark' in action) output.advanceWatermark(action.watermark);
        else if ('idle' in action) output.setIdle(action.idle);
        else {
          await output.emit({
            values: action.give.map(([value]) => value),
            timestamps: Float64Array.from(action.give, ([, timestamp]) => timestamp),
          });
        }
      }
    },
  };
}
