import { type ItemId, itemId } from './item.ts';

/** Items that a runner can't do yet, each with the reason. One that starts to pass has to leave. */
export type Ledger = ReadonlyMap<ItemId, string>;

const STREAM = 'needs the streaming engine, and a test stream that says when elements come and the watermark moves';
const SPLIT = 'needs a runner that splits a restriction while it is read; the direct runner reads it in one piece';
const ENDLESS = 'needs the streaming engine: what is read never ends';
const FN_API = 'needs the Fn API worker of the portable runner';

/** Reasons by number, or by the first and the last number that they hold for. */
type Reasons = readonly (
  | readonly [number: number, reason: string]
  | readonly [from: number, to: number, reason: string]
)[];

const DIRECT_BATCH: Reasons = [
  [37, 'needs state, and side inputs of a splittable DoFn, which the model can not express yet'],
  [40, ENDLESS],
  [92, STREAM],
  [94, 95, STREAM],
  [98, STREAM],
  [100, STREAM],
  [102, STREAM],
  [114, STREAM],
  [125, 126, STREAM],
  [134, SPLIT],
  [136, ENDLESS],
  [138, 139, ENDLESS],
  [140, 'needs jobs that drain, which come with the streaming engine'],
  [141, 'needs side inputs of a splittable DoFn, which the model can not express yet'],
  [142, SPLIT],
  [143, FN_API],
  [146, 'needs durable epochs, which come with the streaming engine'],
  [149, FN_API],
  [150, STREAM],
  [151, 'needs a periodic impulse, which comes with the streaming engine'],
  [152, 'needs workers in processes of their own; that a direct run is cancelled is tested in test/runners/direct'],
  [153, FN_API],
  [157, 'needs the translation to Beam’s pipeline protocol'],
  [159, 'needs the streaming engine: a bounded run takes bundles as large as they come'],
  [160, 164, FN_API],
];

const LEDGERS: Readonly<Record<string, Reasons>> = { 'direct batch': DIRECT_BATCH };

/** The ledger of a runner in a mode; an empty one where it has none. */
export const ledgerOf = (runner: string, mode: string): Ledger =>
  new Map((LEDGERS[`${runner} ${mode}`] ?? []).flatMap(spread));

function spread(entry: Reasons[number]): readonly (readonly [ItemId, string])[] {
  const [from, to, reason] = entry.length === 2 ? [entry[0], entry[0], entry[1]] : entry;
  return Array.from({ length: to - from + 1 }, (_, i) => [itemId(from + i), reason]);
}
