import { isBid } from '../events.ts';
import { everyResult, type NexmarkQuery } from '../query.ts';

export interface AuctionPrice {
  readonly auction: number;
  readonly price: number;
}

/** Query 2: bids for some auctions. */
export const selection: NexmarkQuery<AuctionPrice, AuctionPrice> = {
  number: 2,
  name: 'SELECTION',
  expand: (events, { configuration: { auctionSkip } }) =>
    events
      .filter(isBid)
      .filter(({ auction }) => auction % auctionSkip === 0, { name: 'OfSomeAuctions' })
      .map(({ auction, price }) => ({ auction, price }), { name: 'AuctionPrice' }),
  facts: everyResult,
  model: (events, { configuration: { auctionSkip } }) =>
    events.flatMap((event) =>
      event.kind === 'bid' && event.auction % auctionSkip === 0 ? [{ auction: event.auction, price: event.price }] : [],
    ),
  weigh: ({ auction, price }) => auction + price,
};
