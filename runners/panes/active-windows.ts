import {
  type BoundedWindow,
  type ByteReader,
  type ByteWriter,
  structuralCoder,
  type WindowMerge,
} from '../../model/index.ts';
import { inOrder, isSameWindow } from '../shuffle/index.ts';
import type { CellCodec } from '../state/index.ts';
import type { WindowPanes } from './window-panes.ts';

/** A window of a key; without panes it has just come with an element. */
export interface ActiveWindow {
  readonly window: BoundedWindow;
  readonly panes: WindowPanes | undefined;
}

/** One that has panes. */
export interface KnownWindow extends ActiveWindow {
  readonly panes: WindowPanes;
}

/** What merging asks for. */
export interface MergeRules {
  readonly mergesOf: (windows: readonly BoundedWindow[]) => readonly WindowMerge<BoundedWindow>[];
  readonly isClosed: (panes: WindowPanes) => boolean;
  /** The panes of a window that takes the place of others; undefined if none of them has any. */
  readonly merge: (joined: readonly ActiveWindow[], result: BoundedWindow) => WindowPanes | undefined;
}

/** The windows of a key after an element has come, and the one that it belongs to; undefined if that takes no more. */
export interface Entered {
  readonly list: ActiveWindow[];
  readonly into: ActiveWindow | undefined;
}

/**
 * Puts the window of an element among those of its key, and merges what merges (Beam's ActiveWindowSet). Windows whose
 * trigger has finished take no part; a window that comes out of a merge takes the place of an equal one of these.
 */
export function enter(list: readonly ActiveWindow[], window: BoundedWindow, rules: MergeRules): Entered {
  const isClosed = ({ panes }: ActiveWindow): boolean => panes !== undefined && rules.isClosed(panes);
  let active = list.filter((one) => !isClosed(one));
  const closed = active.length === list.length ? [] : list.filter(isClosed);
  let into = active.find((one) => isSameWindow(one.window, window));
  if (into === undefined) {
    into = { window, panes: undefined };
    active.push(into);
  }
  if (active.length > 1) {
    const windows = active.map((one) => one.window).sort(inOrder);
    for (const { merged, result } of rules.mergesOf(windows)) {
      const joined = active.filter(
        ({ window }) => isSameWindow(window, result) || merged.some((one) => isSameWindow(one, window)),
      );
      if (joined.length === 0) continue;
      const one: ActiveWindow = { window: result, panes: rules.merge(joined, result) };
      if (joined.includes(into)) into = one;
      active = [...active.filter((other) => !joined.includes(other)), one];
    }
  }
  const target = into;
  if (closed.length === 0) return { list: active, into };
  if (target.panes === undefined && closed.some((one) => isSameWindow(one.window, target.window))) {
    return { list: [...closed, ...active.filter((one) => one !== target)], into: undefined };
  }
  return { list: [...closed.filter((one) => !isSameWindow(one.window, target.window)), ...active], into };
}

/** What a window takes, about. */
const WINDOW_BYTES = 24;

/** Writes the windows of a key; each has panes then. */
export const windowsCodec = ({ encode, decode, bytesOf }: CellCodec<WindowPanes>): CellCodec<ActiveWindow[]> => ({
  encode(list: ActiveWindow[], writer: ByteWriter) {
    writer.writeVarint(list.length);
    for (const { window, panes } of list) {
      if (panes === undefined) throw new Error('This is a bug in Viga: a window without panes was kept.');
      structuralCoder.encode(window, writer);
      encode(panes, writer);
    }
  },
  decode: (reader: ByteReader) =>
    Array.from({ length: reader.readVarint() }, () => {
      // It was a window when it was written.
      const window = structuralCoder.decode(reader) as BoundedWindow;
      return { window, panes: decode(reader) };
    }),
  bytesOf:
    bytesOf &&
    ((list) => list.reduce((sum, { panes }) => sum + WINDOW_BYTES + (panes === undefined ? 0 : bytesOf(panes)), 0)),
});
