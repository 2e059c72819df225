import type { RestrictionTracker } from '../model/index.ts';

/** A tracker that tells of each moment at which a runner could split, and the reader would notice. */
export interface WatchedTracker<R, P> {
  readonly tracker: RestrictionTracker<R, P>;
  /** The reader hands over a batch: the runner has its turn. */
  readonly yielded: () => void;
}

/**
 * Watches how a reader uses its tracker: `atMoment` is called before each look at the restriction and each claim, unless the
 * reader has had no chance to wait since its last look. In one turn of the event loop nothing can come between the two.
 *
 * Other methods and fields, which the source may know of, are those of the tracker itself, private ones too.
 */
export function watchTracker<R, P>(own: RestrictionTracker<R, P>, atMoment: () => void): WatchedTracker<R, P> {
  let looks = 0;
  let isFresh = false;
  const look = (): R => {
    if (!isFresh) atMoment();
    isFresh = true;
    const mine = ++looks;
    queueMicrotask(() => {
      if (looks === mine) isFresh = false;
    });
    return own.currentRestriction();
  };
  const claim = (position: P): boolean => {
    if (!isFresh) atMoment();
    return own.tryClaim(position);
  };
  const tracker = new Proxy(own, {
    get(target, name) {
      if (name === 'currentRestriction') return look;
      if (name === 'tryClaim') return claim;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return {
    tracker,
    yielded: () => {
      isFresh = false;
    },
  };
}
