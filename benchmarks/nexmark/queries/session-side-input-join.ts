import { asMap, formatTimestamp, isIntervalWindow, seconds, sessions } from 'viga';
import { type Bid, isBid } from '../events.ts';
import { groupBy, sessionsOf } from '../plain-windows.ts';
import { everyResult, type NexmarkQuery } from '../query.ts';

/** Query 14: bids with what a table says of their bidders, and with their sessions. */
export const sessionSideInputJoin: NexmarkQuery<Bid, Bid> = {
  number: 14,
  name: 'SESSION_SIDE_INPUT_JOIN',
  expand: (events, { configuration: { sideInputRowCount, sessionGapSec }, sideInput }) =>
    events
      .filter(isBid)
      .keyBy(({ bidder }) => bidder, { name: 'ByBidder' })
      .windowInto(sessions({ gap: seconds(sessionGapSec) }))
      .groupByKey()
      .flatMap(
        ({ key, value: bids }, { sideInputs, window }) => {
          // Sessions are intervals.
          if (!isIntervalWindow(window)) return [];
          const row = sideInputs.rows.get(key % sideInputRowCount) ?? '';
          const extra = `${row}:${formatTimestamp(window.start)}:${formatTimestamp(window.end)}`;
          return Array.from(bids, (bid) => ({ ...bid, extra }));
        },
        { name: 'JoinRows', sideInputs: { rows: asMap(sideInput(events.pipeline)) } },
      ),
  facts: everyResult,
  model: (events, { configuration: { sideInputRowCount, sessionGapSec } }) =>
    [...groupBy(events.filter(isBid), ({ bidder }) => bidder)].flatMap(([bidder, bids]) =>
      sessionsOf(bids, ({ dateTime }) => dateTime, seconds(sessionGapSec)).flatMap((session) => {
        const instant = (time: number): string => new Date(time).toISOString();
        const times = session.map(({ dateTime }) => dateTime);
        const end = (times.at(-1) ?? 0) + seconds(sessionGapSec);
        const extra = `${bidder % sideInputRowCount}:${instant(times[0] ?? 0)}:${instant(end)}`;
        return session.map((bid) => ({ ...bid, extra }));
      }),
    ),
  weigh: ({ auction, bidder, price, extra }) => auction + bidder + price + extra.length,
};
