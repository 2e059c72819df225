import { asSingleton, fixedWindows, max, seconds } from 'viga';
import { type Bid, isBid } from '../events.ts';
import { groupBy, windowStart } from '../plain-windows.ts';
import { everyResult, type NexmarkQuery } from '../query.ts';

/** Query 7: the highest bids of each window. */
export const highestBid: NexmarkQuery<Bid, Bid> = {
  number: 7,
  name: 'HIGHEST_BID',
  expand(events, { configuration: { windowSizeSec, fanout } }) {
    const bids = events.filter(isBid).windowInto(fixedWindows({ size: seconds(windowSizeSec) }));
    const highest = bids
      .map(({ price }) => price, { name: 'Price' })
      .combineGlobally(max, { withoutDefaults: true, fanout });
    return bids.filter(({ price }, { sideInputs }) => price === sideInputs.highest, {
      name: 'IsHighest',
      sideInputs: { highest: asSingleton(highest) },
    });
  },
  facts: everyResult,
  model: (events, { configuration: { windowSizeSec } }) =>
    [
      ...groupBy(events.filter(isBid), ({ dateTime }) => windowStart(dateTime, seconds(windowSizeSec))).values(),
    ].flatMap((bids) => {
      const highest = bids.reduce((most, { price }) => Math.max(most, price), 0);
      return bids.filter(({ price }) => price === highest);
    }),
  weigh: ({ auction, bidder, price }) => auction + bidder + price,
};
