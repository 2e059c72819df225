import { type ItemId, itemId } from './item.ts';

/** Items that a runner can't do yet, each with the reason. One that starts to pass has to leave. */
export type Ledger = ReadonlyMap<ItemId, string>;

const FN_API = 'needs the Fn API worker of the portable runner';

/** Reasons by number, or by the first and the last number that they hold for. */
type Reasons = readonly (
  | readonly [number: number, reason: string]
  | readonly [from: number, to: number, reason: string]
)[];

/** What needs Beam's protocols, whatever the mode. */
const DIRECT: Reasons = [
  [143, FN_API],
  [153, FN_API],
  [157, 'needs the translation to Beam’s pipeline protocol'],
  [160, 164, FN_API],
];

const LEDGERS: Readonly<Record<string, Reasons>> = {
  'direct batch': DIRECT,
  'direct streaming': DIRECT,
};

/** The ledger of a runner in a mode; an empty one where it has none. */
export const ledgerOf = (runner: string, mode: string): Ledger =>
  new Map((LEDGERS[`${runner} ${mode}`] ?? []).flatMap(spread));

/** What batch does not have: watermarks that stop on their way, panes before the end, input that never ends. */
const NOT_IN_BATCH = [40, 92, 93, 94, 95, 96, 98, 100, 101, 104, 136, 138, 140, 150];

/** Items that a mode does not have. */
export const skipsOf = (mode: string): ReadonlySet<ItemId> => new Set(mode === 'batch' ? NOT_IN_BATCH.map(itemId) : []);

function spread(entry: Reasons[number]): readonly (readonly [ItemId, string])[] {
  const [from, to, reason] = entry.length === 2 ? [entry[0], entry[0], entry[1]] : entry;
  return Array.from({ length: to - from + 1 }, (_, i) => [itemId(from + i), reason]);
}
