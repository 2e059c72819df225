import { afterProcessingTime, count, globalWindows, repeatedly, seconds } from 'viga';
import { isBid } from '../events.ts';
import type { NexmarkQuery } from '../query.ts';
import { type BidderCount, bidsPerBidder, totalsPerBidder } from '../bidder-count.ts';

/** Query 12: how many bids each user makes in some seconds of the clock. */
export const processingTimeWindows: NexmarkQuery<BidderCount, BidderCount> = {
  number: 12,
  name: 'PROCESSING_TIME_WINDOWS',
  expand: (events, { configuration: { windowSizeSec } }) =>
    events
      .filter(isBid)
      .keyBy(({ bidder }) => bidder, { name: 'ByBidder' })
      .windowInto(globalWindows(), {
        trigger: repeatedly(afterProcessingTime({ delay: seconds(windowSizeSec) })),
        accumulationMode: 'discarding',
      })
      .combinePerKey(count)
      .map(({ key, value }) => ({ bidder: key, count: value }), { name: 'BidderCount' }),
  facts: totalsPerBidder,
  model: bidsPerBidder,
  weigh: (total) => total.bidder * total.count,
};
