import { type CombineFn, afterCount, globalWindows, repeatedly } from 'viga';
import type { Bid } from '../events.ts';
import { groupBy, roundedMean } from '../plain-windows.ts';
import type { NexmarkQuery } from '../query.ts';
import { winningBids, winnersOf } from '../winning-bids.ts';

export interface SellerPrice {
  readonly seller: number;
  readonly price: number;
}

/** What a seller's panes come to: how many there were, and the price of the last one. */
export interface LastSellerPrice extends SellerPrice {
  readonly panes: number;
}

const RECENT = 10;

const byTimeThenPrice = (a: Bid, b: Bid): number => a.dateTime - b.dateTime || a.price - b.price;
const mostRecent = (bids: readonly Bid[]): readonly Bid[] => bids.toSorted(byTimeThenPrice).slice(-RECENT);

/** The mean price of the bids that came last. */
const meanOfRecent: CombineFn<Bid, readonly Bid[], number> = {
  name: 'meanOfRecent',
  createAccumulator: () => [],
  addInput: (bids, bid) => mostRecent([...bids, bid]),
  mergeAccumulators: (parts) => mostRecent([...parts].flat()),
  extractOutput: (bids) => roundedMean(bids.map(({ price }) => price)),
};

/** Query 6: the mean of each seller's last winning prices, anew with each auction that ends. */
export const averageSellingPriceBySeller: NexmarkQuery<SellerPrice, LastSellerPrice> = {
  number: 6,
  name: 'AVERAGE_SELLING_PRICE_BY_SELLER',
  expand: (events, { configuration }) =>
    events
      .apply(winningBids(configuration))
      .keyBy(({ auction }) => auction.seller, { name: 'BySeller' })
      .mapValues(({ bid }) => bid, { name: 'Bid' })
      .windowInto(globalWindows(), { trigger: repeatedly(afterCount(1)), accumulationMode: 'accumulating' })
      .combinePerKey(meanOfRecent)
      .map(({ key, value }) => ({ seller: key, price: value }), { name: 'SellerPrice' }),
  // In which order auctions that end together are seen is open, so only the last price of each seller is certain.
  facts: (results) =>
    [...groupBy(results, ({ value }) => value.seller)].map(([seller, seen]) => {
      const last = seen.reduce((a, b) => (b.pane.index > a.pane.index ? b : a));
      return { seller, price: last.value.price, panes: seen.length };
    }),
  model: (events) =>
    [...groupBy(winnersOf(events), ({ auction }) => auction.seller)].map(([seller, winners]) => ({
      seller,
      price: roundedMean(mostRecent(winners.map(({ bid }) => bid)).map(({ price }) => price)),
      // One more when time ends, as the pane that is on time comes even if nothing is new.
      panes: winners.length + 1,
    })),
  weigh: ({ seller, price, panes }) => seller * panes + price,
};
