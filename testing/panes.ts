import type { PaneInfo, PaneTiming } from '../model/index.ts';
import { difference, showList } from './compare.ts';

/** One pane of a window, as an assertion expects it. */
export interface ExpectedPane<out T> {
  readonly timing: PaneTiming;
  /** In any order. */
  readonly elements: readonly T[];
}

/** An element, and what is asked of its window and pane. Windows are texts: they come through a shuffle unharmed. */
export interface Seen<T> {
  readonly value: T;
  readonly window: string;
  readonly pane: PaneInfo;
}

/** What is not as expected. */
export interface Finding {
  readonly problem: string;
  readonly expected?: readonly unknown[];
  readonly cause?: unknown;
}

/** Compares elements pane by pane, in the order of the panes' indices. */
export function comparePanes<T>(seen: readonly Seen<T>[], expected: readonly ExpectedPane<T>[]): Finding | undefined {
  const windows = new Set(seen.map(({ window }) => window));
  if (windows.size > 1) {
    return { problem: `they are in ${windows.size} windows, and panes are counted in each. Select one with inWindow` };
  }
  const indices = [...new Set(seen.map(({ pane }) => pane.index))].sort((a, b) => a - b);
  const panes = indices.map((index) => seen.filter(({ pane }) => pane.index === index));
  if (panes.length !== expected.length) {
    return { problem: `${expected.length} panes expected, there are ${panes.length}: ${panes.map(shown).join('; ')}` };
  }
  for (const [i, pane] of panes.entries()) {
    const { timing, elements } = expected[i] as ExpectedPane<T>; // as many as panes
    const values = pane.map(({ value }) => value);
    const { missing, extra } = difference(values, elements);
    if (missing.length + extra.length === 0 && pane.every((one) => one.pane.timing === timing)) continue;
    return {
      problem: `pane ${i + 1} of ${panes.length}, ${timing} expected, is ${shown(pane)}: missing ${showList(missing)}; extra ${showList(extra)}`,
    };
  }
  return undefined;
}

function shown(pane: readonly Seen<unknown>[]): string {
  const timings = [...new Set(pane.map((one) => one.pane.timing))].join(' and ');
  return `${timings} with ${showList(pane.map(({ value }) => value))}`;
}
