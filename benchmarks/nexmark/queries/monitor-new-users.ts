import { coGroupByKey, fixedWindows, seconds } from 'viga';
import { isAuction, isPerson } from '../events.ts';
import { groupBy, windowStart } from '../plain-windows.ts';
import { everyResult, type NexmarkQuery } from '../query.ts';

export interface IdNameReserve {
  readonly id: number;
  readonly name: string;
  readonly reserve: number;
}

/** Query 8: who sells something soon after having come. */
export const monitorNewUsers: NexmarkQuery<IdNameReserve, IdNameReserve> = {
  number: 8,
  name: 'MONITOR_NEW_USERS',
  expand(events, { configuration: { windowSizeSec } }) {
    const windows = fixedWindows({ size: seconds(windowSizeSec) });
    return coGroupByKey({
      people: events
        .filter(isPerson)
        .windowInto(windows, { name: 'PersonWindows' })
        .keyBy((person) => person.id, { name: 'ById' }),
      auctions: events
        .filter(isAuction)
        .windowInto(windows, { name: 'AuctionWindows' })
        .keyBy((auction) => auction.seller, { name: 'BySeller' }),
    }).flatMap(
      ({ value: { people, auctions } }) => {
        const [person] = people;
        if (person === undefined) return [];
        return Array.from(auctions, ({ reserve }) => ({ id: person.id, name: person.name, reserve }));
      },
      { name: 'IdNameReserve' },
    );
  },
  facts: everyResult,
  model(events, { configuration: { windowSizeSec } }) {
    const windows = groupBy(events, ({ dateTime }) => windowStart(dateTime, seconds(windowSizeSec)));
    return [...windows.values()].flatMap((inWindow) => {
      const people = new Map(inWindow.filter(isPerson).map((person) => [person.id, person]));
      return inWindow.filter(isAuction).flatMap(({ seller, reserve }) => {
        const person = people.get(seller);
        return person === undefined ? [] : [{ id: person.id, name: person.name, reserve }];
      });
    });
  },
  weigh: ({ id, name, reserve }) => id + name.length + reserve,
};
