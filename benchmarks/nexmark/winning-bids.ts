import {
  type BoundedWindow,
  coGroupByKey,
  counter,
  customWindows,
  type PCollection,
  type PTransform,
  ptransform,
  type WindowFn,
  type WindowMerge,
} from 'viga';
import type { Configuration } from './configuration.ts';
import { type Auction, type Bid, type Event, isAuction, isAuctionOrBid, isBid } from './events.ts';
import { groupBy } from './plain-windows.ts';
import { expectedAuctionDuration } from './timeline.ts';

/** An auction that is over, and the bid that won it. */
export interface AuctionBid {
  readonly auction: Auction;
  readonly bid: Bid;
}

/** The time in which an auction is open, or in which a bid waits for its auction. */
interface AuctionOrBidWindow extends BoundedWindow {
  readonly auction: number;
  readonly isAuction: boolean;
  readonly start: number;
  readonly end: number;
}

const windowOf = (auction: number, isAuction: boolean, start: number, end: number): AuctionOrBidWindow => ({
  auction,
  isAuction,
  start,
  end,
  maxTimestamp: end - 1,
});

/**
 * An auction's window is the time in which it is open, and bids of that time merge into it, so a group is an auction with its
 * bids.
 *
 * A bid may come before its auction, so it waits for twice the time that auctions are expected to last; then it is forgotten.
 */
function auctionOrBidWindows(configuration: Configuration): WindowFn<AuctionOrBidWindow, Auction | Bid> {
  const patience = 2 * expectedAuctionDuration(configuration);
  return customWindows({
    name: `AuctionOrBidWindows(${patience} ms)`,
    assign: (timestamp, event: Auction | Bid) => [
      event.kind === 'auction'
        ? windowOf(event.id, true, timestamp, event.expires)
        : windowOf(event.auction, false, timestamp, timestamp + patience),
    ],
    merge: mergeBids,
  });
}

function mergeBids(windows: readonly AuctionOrBidWindow[]): readonly WindowMerge<AuctionOrBidWindow>[] {
  const merges: WindowMerge<AuctionOrBidWindow>[] = [];
  for (const auction of windows) {
    if (!auction.isAuction) continue;
    const bids = windows.filter((one) => !one.isAuction && one.auction === auction.auction && one.start < auction.end);
    if (bids.length > 0) merges.push({ merged: [...bids, auction], result: auction });
  }
  return merges;
}

const noAuction = counter('nexmark', 'bidsWithoutAuction');
const underReserve = counter('nexmark', 'bidsUnderReserve');
const noValidBids = counter('nexmark', 'auctionsWithoutWinner');

/** The winning bid of each auction that has one: the highest that reaches the reserve, of equal ones the earliest. */
export const winningBids = (configuration: Configuration): PTransform<PCollection<Event>, PCollection<AuctionBid>> =>
  ptransform('WinningBids', (events) => {
    const windowed = events.filter(isAuctionOrBid).windowInto(auctionOrBidWindows(configuration));
    return coGroupByKey({
      auctions: windowed.filter(isAuction, { name: 'Auctions' }).keyBy((auction) => auction.id, { name: 'ById' }),
      bids: windowed.filter(isBid, { name: 'Bids' }).keyBy((bid) => bid.auction, { name: 'ByAuction' }),
    }).flatMap(
      ({ value: { auctions, bids } }) => {
        const [auction] = auctions;
        if (auction === undefined) {
          noAuction.inc();
          return [];
        }
        let best: Bid | undefined;
        for (const bid of bids) {
          if (bid.price < auction.reserve) underReserve.inc();
          else if (best === undefined || isBetter(bid, best)) best = bid;
        }
        if (best === undefined) noValidBids.inc();
        return best === undefined ? [] : [{ auction, bid: best }];
      },
      { name: 'SelectWinner' },
    );
  });

const isBetter = (bid: Bid, other: Bid): boolean =>
  bid.price > other.price || (bid.price === other.price && bid.dateTime < other.dateTime);

/** The same by looking at all bids of each auction. */
export function winnersOf(events: readonly Event[]): readonly AuctionBid[] {
  const bidsOf = groupBy(events.filter(isBid), (bid) => bid.auction);
  return events.filter(isAuction).flatMap((auction) => {
    const valid = (bidsOf.get(auction.id) ?? []).filter(
      ({ price, dateTime }) => price >= auction.reserve && dateTime < auction.expires,
    );
    const [best] = valid.sort((a, b) => b.price - a.price || a.dateTime - b.dateTime);
    return best === undefined ? [] : [{ auction, bid: best }];
  });
}
