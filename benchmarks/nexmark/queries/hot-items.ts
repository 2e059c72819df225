import { type CombineFn, count, type KV, seconds, slidingWindows } from 'viga';
import { isBid } from '../events.ts';
import { groupBy, slidingGroups } from '../plain-windows.ts';
import { everyResult, type NexmarkQuery } from '../query.ts';

export interface AuctionCount {
  readonly auction: number;
  readonly count: number;
}

interface Top {
  readonly count: number;
  readonly auctions: readonly number[];
}

const NONE: Top = { count: 0, auctions: [] };

const higher = (a: Top, b: Top): Top => {
  if (a.count === b.count) return { count: a.count, auctions: [...a.auctions, ...b.auctions] };
  return a.count > b.count ? a : b;
};

/** Keeps all auctions with the highest count. */
const topCount: CombineFn<KV<number, number>, Top, Top> = {
  name: 'topCount',
  createAccumulator: () => NONE,
  addInput: (top, { key, value }) => (value < top.count ? top : higher(top, { count: value, auctions: [key] })),
  mergeAccumulators: (tops) => [...tops].reduce(higher, NONE),
  extractOutput: (top) => top,
};

/** Query 5: the auctions that have the most bids. */
export const hotItems: NexmarkQuery<AuctionCount, AuctionCount> = {
  number: 5,
  name: 'HOT_ITEMS',
  expand: (events, { configuration: { windowSizeSec, windowPeriodSec, fanout } }) =>
    events
      .filter(isBid)
      .windowInto(slidingWindows({ size: seconds(windowSizeSec), period: seconds(windowPeriodSec) }))
      .keyBy((bid) => bid.auction, { name: 'ByAuction' })
      .combinePerKey(count)
      .combineGlobally(topCount, { withoutDefaults: true, fanout })
      .flatMap((top) => top.auctions.map((auction) => ({ auction, count: top.count })), { name: 'AuctionCount' }),
  facts: everyResult,
  model: (events, { configuration: { windowSizeSec, windowPeriodSec } }) => {
    const window = { size: seconds(windowSizeSec), period: seconds(windowPeriodSec) };
    return slidingGroups(events.filter(isBid), ({ dateTime }) => dateTime, window).flatMap((bids) => {
      const byAuction = [...groupBy(bids, (bid) => bid.auction)];
      const most = Math.max(...byAuction.map(([, group]) => group.length));
      return byAuction.flatMap(([auction, group]) => (group.length === most ? [{ auction, count: most }] : []));
    });
  },
  weigh: (result) => result.auction + result.count,
};
