import { afterCount, count, repeatedly, seconds, sessions } from 'viga';
import { isBid } from '../events.ts';
import type { NexmarkQuery } from '../query.ts';
import { type BidderCount, bidsPerBidder, totalsPerBidder } from '../bidder-count.ts';

/** Query 11: how many bids each user makes in a session. */
export const userSessions: NexmarkQuery<BidderCount, BidderCount> = {
  number: 11,
  name: 'USER_SESSIONS',
  expand: (events, { configuration: { windowSizeSec, maxLogEvents, occasionalDelaySec } }) =>
    events
      .filter(isBid)
      .keyBy(({ bidder }) => bidder, { name: 'ByBidder' })
      .windowInto(sessions({ gap: seconds(windowSizeSec) }), {
        trigger: repeatedly(afterCount(maxLogEvents)),
        accumulationMode: 'discarding',
        allowedLateness: seconds(occasionalDelaySec / 2),
      })
      .combinePerKey(count)
      .map(({ key, value }) => ({ bidder: key, count: value }), { name: 'BidderCount' }),
  facts: totalsPerBidder,
  model: bidsPerBidder,
  weigh: (total) => total.bidder * total.count,
};
