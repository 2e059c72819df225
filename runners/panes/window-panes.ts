import type { ByteReader, ByteWriter, Timestamp } from '../../model/index.ts';
import type { CellCodec } from '../state/index.ts';
import { decodeState, encodeState, type TriggerState, type TriggerTree } from '../triggers/index.ts';

/** What one key has in one window, and how far its panes are. */
export interface WindowPanes {
  trigger: TriggerState;
  /** Panes that were given out. */
  fired: number;
  /** Those of them that were not early. */
  firedNotEarly: number;
  /** Whether the trigger was asked because the window is over. */
  hasEnded: boolean;
  /** Whether no element came since the last pane. */
  isEmpty: boolean;
  /** What the next pane holds, as the reducer keeps it; {@link NOTHING} before there is any. */
  held: unknown;
  /** The timestamp that the next pane has so far, which the output watermark may not pass. */
  hold: Timestamp | undefined;
  /** When the trigger is to be asked since time went by; undefined if it does not wait for that. */
  wakeUp: Timestamp | undefined;
}

/** In place of what a reducer keeps, where there is none. */
export const NOTHING: unique symbol = Symbol('nothing');

/** What panes take without what they hold, about. */
const PANES_BYTES = 24;

const ENDED = 1;
const EMPTY = 2;
const HOLDS = 4;
const WAITS = 8;
const SOMETHING = 16;

/** Writes panes; what they hold by `held`. */
export const panesCodec = (
  tree: TriggerTree,
  { encode, decode, bytesOf }: CellCodec<unknown>,
): CellCodec<WindowPanes> => ({
  encode(panes: WindowPanes, writer: ByteWriter) {
    writer.writeByte(flagsOf(panes));
    writer.writeVarint(panes.fired);
    writer.writeVarint(panes.firedNotEarly);
    if (panes.hold !== undefined) writer.writeFloat64(panes.hold);
    if (panes.wakeUp !== undefined) writer.writeFloat64(panes.wakeUp);
    encodeState(panes.trigger, writer);
    if (panes.held !== NOTHING) encode(panes.held, writer);
  },
  decode(reader: ByteReader): WindowPanes {
    const flags = reader.readByte();
    return {
      hasEnded: (flags & ENDED) !== 0,
      isEmpty: (flags & EMPTY) !== 0,
      fired: reader.readVarint(),
      firedNotEarly: reader.readVarint(),
      hold: flags & HOLDS ? reader.readFloat64() : undefined,
      wakeUp: flags & WAITS ? reader.readFloat64() : undefined,
      trigger: decodeState(tree, reader),
      held: flags & SOMETHING ? decode(reader) : NOTHING,
    };
  },
  bytesOf: bytesOf && ((panes) => PANES_BYTES + (panes.held === NOTHING ? 0 : bytesOf(panes.held))),
});

const flagsOf = ({ hasEnded, isEmpty, hold, wakeUp, held }: WindowPanes): number =>
  (hasEnded ? ENDED : 0) |
  (isEmpty ? EMPTY : 0) |
  (hold === undefined ? 0 : HOLDS) |
  (wakeUp === undefined ? 0 : WAITS) |
  (held === NOTHING ? 0 : SOMETHING);
