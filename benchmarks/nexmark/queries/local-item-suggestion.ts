import { bagState, eventTimer, flatten, type KV, type PCollection, seconds, valueState } from 'viga';
import { type Auction, isAuction, isPerson, type Person } from '../events.ts';
import { everyResult, type NexmarkQuery } from '../query.ts';

export interface NameCityStateId {
  readonly name: string;
  readonly city: string;
  readonly state: string;
  readonly auctionId: number;
}

const STATES = new Set(['OR', 'ID', 'CA']);
const CATEGORY = 10;

const suggestion = ({ name, city, state }: Person, { id }: Auction): NameCityStateId => ({
  name,
  city,
  state,
  auctionId: id,
});

/**
 * Joins people with their auctions. What is known of someone is forgotten when nothing has come for some time, counted from
 * the last event.
 */
const joinBySeller = (
  input: PCollection<KV<number, Person | Auction>>,
  waitingTime: number,
): PCollection<NameCityStateId> =>
  input.parDo({
    name: 'JoinBySeller',
    state: { person: valueState<Person>(), auctions: bagState<Auction>() },
    timers: { expiry: eventTimer() },
    process({ value: event }, { state: { person, auctions }, timers: { expiry } }) {
      expiry.set(event.dateTime + waitingTime);
      const known = person.read();
      if (event.kind === 'auction') {
        if (known !== undefined) return [suggestion(known, event)];
        auctions.add(event);
        return [];
      }
      if (known !== undefined) return [];
      person.write(event);
      const suggestions = [...auctions.read()].map((auction) => suggestion(event, auction));
      auctions.clear();
      return suggestions;
    },
    onTimer: {
      expiry({ state: { person, auctions } }) {
        person.clear();
        auctions.clear();
      },
    },
  });

/** Query 3: who sells what in some states. */
export const localItemSuggestion: NexmarkQuery<NameCityStateId, NameCityStateId> = {
  number: 3,
  name: 'LOCAL_ITEM_SUGGESTION',
  expand(events, { configuration: { maxAuctionsWaitingTimeSec } }) {
    const auctions = events
      .filter(isAuction)
      .filter(({ category }) => category === CATEGORY, { name: 'InCategory' })
      .keyBy((auction) => auction.seller, { name: 'BySeller' });
    const people = events
      .filter(isPerson)
      .filter(({ state }) => STATES.has(state), { name: 'InState' })
      .keyBy((person) => person.id, { name: 'ById' });
    return joinBySeller(flatten<KV<number, Person | Auction>>([auctions, people]), seconds(maxAuctionsWaitingTimeSec));
  },
  facts: everyResult,
  model(events, { configuration: { maxAuctionsWaitingTimeSec } }) {
    const known = new Map<number, { person?: Person; auctions: Auction[]; until: number }>();
    const find = (id: number, time: number) => {
      let entry = known.get(id);
      if (entry === undefined || entry.until <= time) known.set(id, (entry = { auctions: [], until: 0 }));
      entry.until = time + seconds(maxAuctionsWaitingTimeSec);
      return entry;
    };
    return events.flatMap((event) => {
      if (event.kind === 'auction' && event.category === CATEGORY) {
        const { person, auctions } = find(event.seller, event.dateTime);
        if (person !== undefined) return [suggestion(person, event)];
        auctions.push(event);
      } else if (event.kind === 'person' && STATES.has(event.state)) {
        const entry = find(event.id, event.dateTime);
        entry.person = event;
        return entry.auctions.splice(0).map((auction) => suggestion(event, auction));
      }
      return [];
    });
  },
  weigh: ({ name, city, auctionId }) => auctionId + name.length + city.length,
};
