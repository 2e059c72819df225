import { everyResult, type NexmarkQuery } from '../query.ts';
import { type AuctionBid, winningBids, winnersOf } from '../winning-bids.ts';

/** Query 9: the bid that wins each auction. */
export const winningBid: NexmarkQuery<AuctionBid, AuctionBid> = {
  number: 9,
  name: 'WINNING_BIDS',
  expand: (events, { configuration }) => events.apply(winningBids(configuration)),
  facts: everyResult,
  model: winnersOf,
  weigh: ({ auction, bid }) => auction.id + bid.bidder + bid.price,
};
