import { type Event, isBid } from './events.ts';
import { groupBy } from './plain-windows.ts';
import type { Seen } from './query.ts';

/** How many bids a user made. */
export interface BidderCount {
  readonly bidder: number;
  readonly count: number;
}

/** Into how many panes a user's bids are divided depends on when they come; their sum does not. */
export const totalsPerBidder = (results: readonly Seen<BidderCount>[]): readonly BidderCount[] =>
  [...groupBy(results, ({ value }) => value.bidder)].map(([bidder, seen]) => ({
    bidder,
    count: seen.reduce((sum, { value }) => sum + value.count, 0),
  }));

/** The sums, of the events alone. */
export const bidsPerBidder = (events: readonly Event[]): readonly BidderCount[] =>
  [...groupBy(events.filter(isBid), (bid) => bid.bidder)].map(([bidder, bids]) => ({ bidder, count: bids.length }));
