import type { RestrictionTracker } from '../model/index.ts';

/**
 * The same tracker, with `before` called before each claim.
 *
 * Its other methods and fields, which the source may know of, are those of the tracker itself, private ones too.
 */
export function watchClaims<R, P>(tracker: RestrictionTracker<R, P>, before: () => void): RestrictionTracker<R, P> {
  return new Proxy(tracker, {
    get(target, name) {
      if (name === 'tryClaim') {
        return (position: P) => {
          before();
          return target.tryClaim(position);
        };
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
