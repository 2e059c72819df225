import type { IntervalWindow } from '../../model/index.ts';
import type { ActiveWindow } from './active-windows.ts';
import type { WindowPanes } from './window-panes.ts';

/** No session of the key overlaps: the window is one of its own. */
export const ALONE = -1;
/** More than one session has to be looked at, or one that is closed: {@link enter} knows what becomes of them. */
export const UNCLEAR = -2;

/** The place of the only session that a window overlaps. Sessions of a key are intervals; two that only touch stay apart. */
export function placeOf(
  list: readonly ActiveWindow[],
  { start, end }: IntervalWindow,
  isClosed: (panes: WindowPanes) => boolean,
): number {
  let found = ALONE;
  for (let i = 0; i < list.length; i++) {
    const { window, panes } = list[i] as ActiveWindow; // the index is below the length
    const session = window as IntervalWindow; // all windows of sessions are
    if (session.end <= start || session.start >= end) continue;
    if (found !== ALONE || panes === undefined || isClosed(panes)) return UNCLEAR;
    found = i;
  }
  return found;
}

/** What a session becomes with a window that overlaps it; the session itself where that changes nothing. */
export function joined(session: IntervalWindow, window: IntervalWindow): IntervalWindow {
  const start = Math.min(session.start, window.start);
  const end = Math.max(session.end, window.end);
  if (start === session.start && end === session.end) return session;
  return { kind: 'interval', start, end, maxTimestamp: end - 1 };
}
