import { type Bid, isBid } from '../events.ts';
import { everyResult, type NexmarkQuery } from '../query.ts';

/** Query 1: prices of bids in euros. */
export const currencyConversion: NexmarkQuery<Bid, Bid> = {
  number: 1,
  name: 'CURRENCY_CONVERSION',
  expand: (events) =>
    events.filter(isBid).map((bid) => ({ ...bid, price: Math.floor((bid.price * 89) / 100) }), { name: 'ToEuro' }),
  facts: everyResult,
  model: (events) =>
    events.filter(isBid).map((bid) => ({ ...bid, price: (bid.price * 89 - ((bid.price * 89) % 100)) / 100 })),
  weigh: ({ auction, bidder, price }) => auction + bidder + price,
};
