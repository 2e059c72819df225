import { asMap } from 'viga';
import { type Bid, isBid } from '../events.ts';
import { everyResult, type NexmarkQuery } from '../query.ts';

/** Query 13: bids with what a table says of their bidders. */
export const boundedSideInputJoin: NexmarkQuery<Bid, Bid> = {
  number: 13,
  name: 'BOUNDED_SIDE_INPUT_JOIN',
  expand: (events, { configuration: { sideInputRowCount }, sideInput }) =>
    events
      .filter(isBid)
      .map((bid, { sideInputs }) => ({ ...bid, extra: sideInputs.rows.get(bid.bidder % sideInputRowCount) ?? '' }), {
        name: 'JoinRows',
        sideInputs: { rows: asMap(sideInput(events.pipeline)) },
      }),
  facts: everyResult,
  model: (events, { configuration: { sideInputRowCount } }) =>
    events.filter(isBid).map((bid) => ({ ...bid, extra: `${bid.bidder % sideInputRowCount}` })),
  weigh: ({ auction, bidder, price, extra }) => auction + bidder + price + extra.length,
};
