import { AUCTIONS, type Configuration, CYCLE } from './configuration.ts';

const MICROSECONDS = 1_000_000;

/** When the events of one generator happen, by their numbers. */
export class Timeline {
  readonly #baseTime: number;
  readonly #group: number;
  readonly #steps: readonly Step[];
  readonly #eventsPerRound: number;
  readonly #roundMs: number;

  constructor(configuration: Configuration) {
    this.#baseTime = configuration.baseTime;
    this.#group = configuration.outOfOrderGroupSize;
    this.#steps = stepsOf(configuration);
    this.#eventsPerRound = this.#steps.reduce((sum, { events }) => sum + events, 0);
    this.#roundMs = this.#steps.reduce((sum, step) => sum + lengthOf(step), 0);
  }

  /** The place of the event with this number, which within its group is another one where events come out of order. */
  placeOf(number: number): number {
    const group = this.#group;
    return group === 1 ? number : this.#groupStart(number) + ((number * 953) % group);
  }

  /** The event time of a place. */
  timeAt(place: number): number {
    const [only] = this.#steps;
    if (this.#steps.length === 1 && only !== undefined)
      return this.#baseTime + Math.floor((place * only.delayUs) / 1_000);
    let rest = place % this.#eventsPerRound;
    let time = this.#baseTime + Math.floor(place / this.#eventsPerRound) * this.#roundMs;
    for (const step of this.#steps) {
      if (rest < step.events) return time + Math.floor((rest * step.delayUs) / 1_000);
      rest -= step.events;
      time += lengthOf(step);
    }
    throw new Error('A round has as many events as its steps.');
  }

  /** No event from this number on has an earlier time. */
  watermarkBefore(number: number): number {
    return this.timeAt(this.#groupStart(number));
  }

  #groupStart(number: number): number {
    return Math.floor(number / this.#group) * this.#group;
  }
}

/** A stretch of a round with one rate. */
interface Step {
  readonly delayUs: number;
  readonly events: number;
}

const lengthOf = ({ events, delayUs }: Step): number => Math.floor((events * delayUs) / 1_000);

function stepsOf(configuration: Configuration): readonly Step[] {
  const delays = delaysOf(configuration);
  const seconds = Math.ceil(configuration.ratePeriodSec / delays.length);
  return delays.map((delayUs) => ({ delayUs, events: Math.floor((seconds * MICROSECONDS) / delayUs) }));
}

/** The microseconds between two events of a generator: one figure, or those of the steps of a round. */
function delaysOf(configuration: Configuration): readonly number[] {
  const { firstEventRate: first, nextEventRate: next, rateShape, numEventGenerators } = configuration;
  const delay = (rate: number): number => Math.floor((MICROSECONDS + Math.floor(rate / 2)) / rate) * numEventGenerators;
  if (first === next) return [delay(first)];
  if (rateShape === 'square') return [delay(first), delay(next)];
  const middle = (first + next) / 2;
  const amplitude = (first - next) / 2;
  return Array.from({ length: 10 }, (_, i) => delay(Math.round(middle + amplitude * Math.cos((2 * Math.PI * i) / 10))));
}

/** How long auctions are expected to last, in milliseconds, where events are rarest. */
export function expectedAuctionDuration(configuration: Configuration): number {
  const longest = Math.max(...delaysOf(configuration));
  return Math.ceil((Math.floor((longest * CYCLE) / AUCTIONS) * configuration.numInFlightAuctions) / 1_000);
}
