import type { BoundedWindow, PaneInfo, Sink, SinkBatch } from '../../index.ts';
import { nameOf } from './windows.ts';

/** One line for each element and window. */
function* linesOf({ values, timestamps, windows, panes }: SinkBatch<unknown>): Iterable<string> {
  for (const [i, value] of values.entries()) {
    const timestamp = typeof timestamps === 'number' ? timestamps : timestamps[i];
    const own = windows[Array.isArray(windows[0]) ? i : 0];
    // One list for all elements, or one per element.
    const ofElement = (Array.isArray(windows[0]) ? own : windows) as readonly BoundedWindow[];
    const pane = Array.isArray(panes) ? (panes[i] as PaneInfo) : (panes as PaneInfo);
    for (const window of ofElement) yield `${String(value)} @${timestamp} [${nameOf(window)}] ${pane.timing}`;
  }
}

/** Shows in `lines` what was written to it, once that is committed. */
export const rowsSink = (lines: string[], show?: (value: unknown) => string): Sink<unknown, readonly string[]> => ({
  kind: 'sink',
  name: 'Rows',
  guarantee: 'transactional',
  async open() {
    const staged: string[] = [];
    return {
      write(batch) {
        staged.push(...(show ? batch.values.map(show) : linesOf(batch)));
      },
      prepare: async () => staged,
      abort: async () => void staged.splice(0),
    };
  },
  async commit(staged) {
    lines.push(...staged);
  },
});
