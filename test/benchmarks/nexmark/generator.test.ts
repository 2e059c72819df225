import { describe, expect, test } from 'vitest';
import { type Configuration, DEFAULTS } from '../../../benchmarks/nexmark/configuration.ts';
import type { Event } from '../../../benchmarks/nexmark/events.ts';
import { EventGenerator } from '../../../benchmarks/nexmark/generator.ts';
import { JavaRandom } from '../../../benchmarks/nexmark/java-random.ts';

const eventsOf = (configuration: Configuration): readonly Event[] => {
  const generator = new EventGenerator(configuration);
  return Array.from({ length: configuration.numEvents }, (_, i) => generator.eventAt(i));
};

describe('random numbers are those of java.util.Random', () => {
  const first = (length: number, next: () => number) => Array.from({ length }, next);

  // What Java 17 prints.
  test('for known seeds', () => {
    const zero = new JavaRandom(0);
    expect(first(3, () => zero.nextInt())).toEqual([-1155484576, -723955400, 1033096058]);
    const again = new JavaRandom(0);
    expect([again.nextBelow(10), again.nextBelow(10), again.nextBelow(16)]).toEqual([0, 8, 3]);
    expect(again.nextDouble()).toBe(0.6063452159973596);
  });

  test('where about half of the draws are thrown away', () => {
    const random = new JavaRandom(7);
    expect(first(8, () => random.nextBelow(2 ** 30 + 1))).toEqual([
      20678044, 747989380, 1053566254, 755731200, 259278708, 542588911, 178712961, 234738279,
    ]);
  });

  test('by the definition: a linear congruence of 48 bits', () => {
    for (const seed of [0, 1, 49, 2 ** 24, 2 ** 31 + 5, 2 ** 47 + 12_345, 2 ** 50 + 3]) {
      const random = new JavaRandom(seed);
      let state = (BigInt(seed) ^ 0x5deece66dn) & ((1n << 48n) - 1n);
      const expected = first(50, () => {
        state = (state * 0x5deece66dn + 0xbn) & ((1n << 48n) - 1n);
        return Number(BigInt.asIntN(32, state >> 16n));
      });
      expect(first(50, () => random.nextInt())).toEqual(expected);
    }
  });
});

// Vectors of a program in Java, which draws from java.util.Random itself.
describe('events are those that Beam makes', () => {
  const textOf = (event: Event): string => {
    const { kind, ...fields } = event;
    return [{ person: 'P', auction: 'A', bid: 'B' }[kind], ...Object.values(inOrder(fields))].join('|');
  };
  // In the order of Beam's classes.
  const ORDER = 'id itemName description initialBid reserve auction bidder price name email creditCard city state'
    .concat(' dateTime expires seller category extra')
    .split(' ');
  const inOrder = (fields: object): object =>
    Object.fromEntries(Object.entries(fields).sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b)));
  const hashOf = (events: readonly Event[]): number => {
    let hash = 0x811c9dc5;
    for (const event of events) {
      for (const character of textOf(event)) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619);
    }
    return hash >>> 0;
  };

  test('one of each kind', () => {
    const events = eventsOf({ ...DEFAULTS, numEventGenerators: 1, numEvents: 5 });
    expect([0, 1, 4].map((i) => textOf(events[i] as Event))).toEqual([
      String.raw`P|1000|Peter Jones|nhd@xcat.com|7241 7320 9143 4888|Portland|WY|1436918400000|WN_HS_bnpkkiwhwana_L^${'`'}KZjdgsid${'`'}K]MLU[aaOH${'`'}ztxbulvlxtkn_ZZ^T\mqgdjzvlkymsmfrhkfVYSXK_OY[aVYVKa\X^]RO]OYguwiduWJNQLLaMLHOTaHY_J[YKWaUOSJN_VHWXZ]${'`'}SgbnjqeVVQ\[[`,
      String.raw`A|1000|wkx mgee|eszpqxtdxrvwmmywkmogoahf|28873|29448|1436918400000|1436918400011|1000|13|zcurskufssowmihzpmZHWQM^fnleramznyyqimoheaRSWV^OjtfjhgXRa${'`'}[PVHUOMTbrqqzjyztfwnhstxbu]\V_XPldnjuo^^PJQMnwhlsenoniir^aNZI__IP[QLYPROSNW]HYP\L]W^PTkfnbtwuqucwreikflftlgtebaurwml^RMRIPqevmpqsnxmcblfvpfeajfopsHS^U[Jzxwajo_W${'`'}RXa[XWI[${'`'}VXZOR^lghgmwHITMP[dbwdgtPQJYHLjnubcsjgszqvyzeoeqjcbaazmrqamxoxgrjh${'`'}L${'`'}]_Y^OQM]ItjxtuwZJS[RTmrkpofsnuysxuvwbuzrqkrkkqpiz`,
      String.raw`B|1000|1001|32530001|1436918400000|fdiysaV^]NLVsbolvyqwgticfdrwdyiyofziYMU\Z${'`'}UaTQO][NX\RM]WPYTOuwogvszlxjrcNOORM`,
    ]);
  });

  test('20,000 of one generator', () => {
    expect(hashOf(eventsOf({ ...DEFAULTS, numEventGenerators: 1, numEvents: 20_000 }))).toBe(3_666_973_682);
  });

  test('7,000 of three generators, out of order', () => {
    const delays = { firstEventRate: 300, nextEventRate: 300 };
    const configuration = { ...DEFAULTS, ...delays, numEventGenerators: 3, numEvents: 7_000, outOfOrderGroupSize: 10 };
    expect(hashOf(eventsOf(configuration))).toBe(3895372414);
  });
});

describe('event time', () => {
  const timesOf = (configuration: Configuration) => eventsOf(configuration).map(({ dateTime }) => dateTime);
  const minus = (times: readonly number[]) => times.map((time) => time - DEFAULTS.baseTime);
  const one = { ...DEFAULTS, numEventGenerators: 1 };

  test('parallel generators begin at the same time, each with a part of the rate', () => {
    const times = timesOf({
      ...DEFAULTS,
      numEventGenerators: 2,
      firstEventRate: 1_000,
      nextEventRate: 1_000,
      numEvents: 7,
    });
    expect(minus(times)).toEqual([0, 2, 4, 0, 2, 4, 6]);
  });

  test('a square has two rates in turn', () => {
    const square = { ...one, rateShape: 'square', firstEventRate: 1, nextEventRate: 2, ratePeriodSec: 4 } as const;
    // Two seconds each.
    expect(minus(timesOf({ ...square, numEvents: 9 }))).toEqual([
      0, 1_000, 2_000, 2_500, 3_000, 3_500, 4_000, 5_000, 6_000,
    ]);
  });

  test('a sine has ten, from the first one to the next one and back', () => {
    const sine = { ...one, rateShape: 'sine', firstEventRate: 100, nextEventRate: 50, ratePeriodSec: 10 } as const;
    const times = minus(timesOf({ ...sine, numEvents: 760 }));
    const perSecond = Array.from({ length: 10 }, (_, s) => times.filter((t) => Math.floor(t / 1_000) === s).length);
    expect(perSecond[0]).toBe(100);
    expect(perSecond[5]).toBe(50);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('no event is older than the watermark before it', () => {
    const configuration = { ...DEFAULTS, numEventGenerators: 3, numEvents: 1_000, outOfOrderGroupSize: 7 };
    const generator = new EventGenerator(configuration);
    const times = timesOf(configuration);
    for (let from = 0; from < times.length; from++) {
      const watermark = generator.watermarkBefore(from, times.length);
      expect(Math.min(...times.slice(from))).toBeGreaterThanOrEqual(watermark);
    }
  });
});
