import type { OffsetRange } from 'viga';
import { AUCTIONS, type Configuration, CYCLE, PERSONS } from './configuration.ts';
import type { Auction, Bid, Event, Person } from './events.ts';
import { JavaRandom } from './java-random.ts';
import { nextExtra, nextPrice, nextText } from './texts.ts';
import { Timeline } from './timeline.ts';

const FIRST_PERSON = 1_000;
const FIRST_AUCTION = 1_000;
const FIRST_CATEGORY = 10;
const CATEGORIES = 5;
/** Of so many people, or auctions, one is hot. */
const HOT = 100;
/** How far ahead of those that are known ids may be, as if events had changed places. */
const LEAD = 10;

const FIRST_NAMES = 'Peter Paul Luke John Saul Vicky Kate Julie Sarah Deiter Walter'.split(' ');
const LAST_NAMES = 'Shultz Abrams Spencer White Bartels Walton Smith Jones Noris'.split(' ');
const STATES = 'AZ CA ID OR WA WY'.split(' ');
const CITIES = 'Phoenix,Los Angeles,San Francisco,Boise,Portland,Bend,Redmond,Seattle,Kent,Cheyenne'.split(',');

/**
 * The events of Nexmark (Tucker et al., "NEXMark: a benchmark for queries over data streams"), as Beam generates them: equal
 * to its own in every byte.
 *
 * Each event is made of its position alone, from 0 up to, not including, `numEvents`. So any part can be made, again, anywhere.
 */
export class EventGenerator {
  readonly #configuration: Configuration;
  readonly #timeline: Timeline;
  readonly #rangeSize: number;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    this.#timeline = new Timeline(configuration);
    this.#rangeSize = Math.floor(configuration.numEvents / configuration.numEventGenerators);
  }

  /** What of a range of positions each generator has; the last one has what is left over where they are divided. */
  rangesOf({ from, to }: OffsetRange): readonly OffsetRange[] {
    const { numEvents, numEventGenerators } = this.#configuration;
    return Array.from({ length: numEventGenerators }, (_, i) => ({
      from: Math.max(from, i * this.#rangeSize),
      to: Math.min(to, i === numEventGenerators - 1 ? numEvents : (i + 1) * this.#rangeSize),
    })).filter((range) => range.from < range.to);
  }

  /** No event from position `from` up to, not including, `to` has an earlier time. */
  watermarkBefore(from: number, to: number): number {
    const start = this.#startOf(from);
    // Where another range begins time begins anew.
    return this.#timeline.watermarkBefore(start === this.#startOf(to - 1) ? from - start : 0);
  }

  eventAt(position: number): Event {
    const start = this.#startOf(position);
    const place = this.#timeline.placeOf(position - start);
    const id = start + place;
    const time = this.#timeline.timeAt(place);
    const random = new JavaRandom(id);
    const rest = id % CYCLE;
    if (rest < PERSONS) return this.#person(id, time, random);
    return rest < PERSONS + AUCTIONS ? this.#auction(id, place, time, random) : this.#bid(id, time, random);
  }

  /** The start of the range that a position is in. */
  #startOf(position: number): number {
    const last = this.#configuration.numEventGenerators - 1;
    return this.#rangeSize === 0 ? 0 : Math.min(Math.floor(position / this.#rangeSize), last) * this.#rangeSize;
  }

  // The order in which random numbers are drawn is part of the data.

  #person(id: number, dateTime: number, random: JavaRandom): Person {
    const name = `${oneOf(FIRST_NAMES, random)} ${oneOf(LAST_NAMES, random)}`;
    const email = `${nextText(random, 7)}@${nextText(random, 5)}.com`;
    const creditCard = [0, 1, 2, 3].map(() => String(random.nextBelow(10_000)).padStart(4, '0')).join(' ');
    const city = oneOf(CITIES, random);
    const state = oneOf(STATES, random);
    const size = 8 + name.length + email.length + creditCard.length + city.length + state.length;
    const extra = nextExtra(random, size, this.#configuration.avgPersonByteSize);
    return { kind: 'person', id: FIRST_PERSON + lastPerson(id), name, email, creditCard, city, state, dateTime, extra };
  }

  #auction(id: number, place: number, dateTime: number, random: JavaRandom): Auction {
    const { hotSellersRatio, avgAuctionByteSize } = this.#configuration;
    const isHot = random.nextBelow(hotSellersRatio) > 0;
    const seller = FIRST_PERSON + (isHot ? hot(lastPerson(id)) : this.#nextPerson(id, random));
    const category = FIRST_CATEGORY + random.nextBelow(CATEGORIES);
    const initialBid = nextPrice(random);
    const expires = dateTime + this.#nextDuration(place, dateTime, random);
    const itemName = nextText(random, 20);
    const description = nextText(random, 100);
    const reserve = initialBid + nextPrice(random);
    const extra = nextExtra(random, 8 + itemName.length + description.length + 5 * 8, avgAuctionByteSize);
    return {
      kind: 'auction',
      id: FIRST_AUCTION + lastAuction(id),
      itemName,
      description,
      initialBid,
      reserve,
      dateTime,
      expires,
      seller,
      category,
      extra,
    };
  }

  #bid(id: number, dateTime: number, random: JavaRandom): Bid {
    const { hotAuctionRatio, hotBiddersRatio, avgBidByteSize } = this.#configuration;
    const isHot = random.nextBelow(hotAuctionRatio) > 0;
    const auction = FIRST_AUCTION + (isHot ? hot(lastAuction(id)) : this.#nextAuction(id, random));
    const isByHot = random.nextBelow(hotBiddersRatio) > 0;
    // Another one than the hot seller.
    const bidder = FIRST_PERSON + (isByHot ? hot(lastPerson(id)) + 1 : this.#nextPerson(id, random));
    const price = nextPrice(random);
    return { kind: 'bid', auction, bidder, price, dateTime, extra: nextExtra(random, 4 * 8, avgBidByteSize) };
  }

  /** One of the people who are active, or will be soon. */
  #nextPerson(id: number, random: JavaRandom): number {
    const people = lastPerson(id) + 1;
    const active = Math.min(people, this.#configuration.numActivePeople);
    return people - active + random.nextBelow(active + LEAD);
  }

  /** One of the auctions that may be open, or will be soon. */
  #nextAuction(id: number, random: JavaRandom): number {
    const last = lastAuction(id);
    const first = Math.max(last - this.#configuration.numInFlightAuctions, 0);
    return first + random.nextBelow(last - first + 1 + LEAD);
  }

  /** On average as long as it takes until there are as many new auctions as may be in flight. */
  #nextDuration(place: number, dateTime: number, random: JavaRandom): number {
    const ahead = Math.floor((this.#configuration.numInFlightAuctions * CYCLE) / AUCTIONS);
    const horizon = this.#timeline.timeAt(place + ahead) - dateTime;
    return 1 + random.nextBelow(Math.max(horizon * 2, 1));
  }
}

/** The person that is, or was last, new at an event. */
const lastPerson = (id: number): number => Math.floor(id / CYCLE);

/** The auction that is, or was last, new at an event. */
function lastAuction(id: number): number {
  const cycle = Math.floor(id / CYCLE);
  const rest = id % CYCLE;
  if (rest < PERSONS) return cycle * AUCTIONS - 1;
  return cycle * AUCTIONS + Math.min(rest - PERSONS, AUCTIONS - 1);
}

const hot = (last: number): number => Math.floor(last / HOT) * HOT;

// nextBelow gives an index of the list.
const oneOf = (list: readonly string[], random: JavaRandom): string => list[random.nextBelow(list.length)] as string;
