/** Where a function of the testing kit was called. */
export interface CallSite {
  /** The frames of the stack, the caller's first. */
  readonly frames: () => string;
  /** The caller's file, line and column. */
  readonly place: () => string;
}

/** Remembers who called `callee`. The stack becomes text only when it is shown. */
export function callSite(callee: (...args: never[]) => unknown): CallSite {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, callee);
  const frames = (): string => (holder.stack ?? '').split('\n').slice(1).join('\n');
  return { frames, place: () => /\(?([^\s()]+:\d+:\d+)\)?$/m.exec(frames())?.[1] ?? 'an unknown place' };
}
