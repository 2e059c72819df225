import { mean, seconds, slidingWindows } from 'viga';
import { groupBy, roundedMean, slidingGroups } from '../plain-windows.ts';
import { everyResult, type NexmarkQuery } from '../query.ts';
import { winningBids, winnersOf } from '../winning-bids.ts';

export interface CategoryPrice {
  readonly category: number;
  readonly price: number;
  readonly isLast: boolean;
}

/** Query 4: the mean of winning prices in each category. */
export const averagePriceForCategory: NexmarkQuery<CategoryPrice, CategoryPrice> = {
  number: 4,
  name: 'AVERAGE_PRICE_FOR_CATEGORY',
  expand: (events, { configuration }) =>
    events
      .apply(winningBids(configuration))
      .keyBy(({ auction }) => auction.category, { name: 'ByCategory' })
      .mapValues(({ bid }) => bid.price, { name: 'Price' })
      .windowInto(
        slidingWindows({ size: seconds(configuration.windowSizeSec), period: seconds(configuration.windowPeriodSec) }),
      )
      .combinePerKey(mean, { hotKeyFanout: configuration.fanout })
      .map(({ key, value }, { pane }) => ({ category: key, price: Math.round(value), isLast: pane.isLast }), {
        name: 'CategoryPrice',
      }),
  facts: everyResult,
  model(events, { configuration: { windowSizeSec, windowPeriodSec } }) {
    const window = { size: seconds(windowSizeSec), period: seconds(windowPeriodSec) };
    // A winner is known at the last instant of its auction.
    return slidingGroups(winnersOf(events), ({ auction }) => auction.expires - 1, window).flatMap((winners) =>
      [...groupBy(winners, ({ auction }) => auction.category)].map(([category, inCategory]) => ({
        category,
        price: roundedMean(inCategory.map(({ bid }) => bid.price)),
        isLast: true,
      })),
    );
  },
  weigh: ({ category, price, isLast }) => category + price + (isLast ? 1 : 0),
};
