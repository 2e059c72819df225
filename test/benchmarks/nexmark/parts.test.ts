import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fromBytes, seconds, toBytes } from 'viga';
import { assertThat, at, testPipeline, testStream } from 'viga/testing';
import { DEFAULTS } from '../../../benchmarks/nexmark/configuration.ts';
import { eventCoder } from '../../../benchmarks/nexmark/event-coder.ts';
import type { Auction, Bid, Event, Person } from '../../../benchmarks/nexmark/events.ts';
import { EventGenerator } from '../../../benchmarks/nexmark/generator.ts';
import { boundedSideInputJoin } from '../../../benchmarks/nexmark/queries/bounded-side-input-join.ts';
import { localItemSuggestion } from '../../../benchmarks/nexmark/queries/local-item-suggestion.ts';
import {
  logToShardedFiles,
  panesOf,
  smallEarlyPanes,
} from '../../../benchmarks/nexmark/queries/log-to-sharded-files.ts';
import { bytesSeen, passthrough } from '../../../benchmarks/nexmark/queries/passthrough.ts';
import { winningBid } from '../../../benchmarks/nexmark/queries/winning-bid.ts';
import { directSideInput, filesSideInput, writeSideInput } from '../../../benchmarks/nexmark/side-input.ts';
import { readEvents } from '../../../benchmarks/nexmark/source.ts';
import { expectedAuctionDuration } from '../../../benchmarks/nexmark/timeline.ts';

const CONFIGURATION = { ...DEFAULTS, numEvents: 1_500, numEventGenerators: 1, firstEventRate: 100, nextEventRate: 100 };
const CONTEXT = { configuration: CONFIGURATION, sideInput: directSideInput(CONFIGURATION) };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'viga-nexmark-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const eventsOf = (count: number): readonly Event[] => {
  const generator = new EventGenerator({ ...CONFIGURATION, numEvents: count });
  return Array.from({ length: count }, (_, i) => generator.eventAt(i));
};

const PERSON: Person = {
  kind: 'person',
  id: 1_001,
  name: 'Kate Smith',
  email: 'k@s.com',
  creditCard: '1 2 3 4',
  city: 'Boise',
  state: 'ID',
  dateTime: 0,
  extra: '',
};
const auction = (id: number, dateTime: number, fields: Partial<Auction> = {}): Auction => ({
  kind: 'auction',
  id,
  itemName: 'item',
  description: '',
  initialBid: 1,
  reserve: 100,
  dateTime,
  expires: dateTime + 1_000,
  seller: PERSON.id,
  category: 10,
  extra: '',
  ...fields,
});
const bid = (auctionId: number, dateTime: number, price: number): Bid => ({
  kind: 'bid',
  auction: auctionId,
  bidder: 1_002,
  price,
  dateTime,
  extra: '',
});
const happens = (event: Event) => at(event.dateTime, event);

describe('events have bytes', () => {
  test('that give them back', () => {
    for (const event of eventsOf(200)) expect(fromBytes(eventCoder, toBytes(eventCoder, event))).toEqual(event);
  });

  test('of a kind that is known, or else the error says so', () => {
    expect(() => fromBytes(eventCoder, Uint8Array.of(9))).toThrow('byte 9 stands for no kind of event');
  });

  test('which query 0 counts', async () => {
    const { metric } = await testPipeline((p) => {
      const events = p.apply(readEvents({ ...CONFIGURATION, numEvents: 100 }, { isBounded: true }));
      assertThat(passthrough.expand(events, CONTEXT)).hasCount(100);
    });
    const expected = eventsOf(100).reduce((sum, event) => sum + toBytes(eventCoder, event).length, 0);
    expect(metric(bytesSeen).committed).toBe(expected);
  });
});

describe('query 3 forgets a person and auctions', () => {
  const waited = seconds(CONFIGURATION.maxAuctionsWaitingTimeSec);

  test('when nothing of the person has come for ten minutes, counted from the last event', async () => {
    await testPipeline((p) => {
      const events = p.apply(
        testStream<Event>()
          .addElements(happens(PERSON))
          .advanceWatermarkTo(waited - 1)
          .addElements(happens(auction(1, waited - 1)))
          .advanceWatermarkTo(2 * waited - 2)
          .addElements(happens(auction(2, 2 * waited - 2)))
          .advanceWatermarkTo(3 * waited)
          .addElements(happens(auction(3, 3 * waited)))
          .advanceWatermarkToInfinity(),
      );
      assertThat(localItemSuggestion.expand(events, CONTEXT).map(({ auctionId }) => auctionId)).containsInAnyOrder([
        1, 2,
      ]);
    });
  });

  test('that wait for a person who comes too late', async () => {
    await testPipeline((p) => {
      const events = p.apply(
        testStream<Event>()
          .addElements(happens(auction(1, 0)))
          .advanceWatermarkTo(waited)
          .addElements(happens({ ...PERSON, dateTime: waited }), happens(auction(2, waited)))
          .advanceWatermarkToInfinity(),
      );
      assertThat(localItemSuggestion.expand(events, CONTEXT).map(({ auctionId }) => auctionId)).containsInAnyOrder([2]);
    });
  });
});

describe('the winning bid', () => {
  const winnerOf = (...events: readonly Event[]) =>
    testPipeline((p) => {
      const all = p.apply(
        testStream<Event>()
          .addElements(...events.map(happens))
          .advanceWatermarkToInfinity(),
      );
      const winners = winningBid.expand(all, CONTEXT).map((winner) => winner.bid.price);
      assertThat(winners).containsInAnyOrder(winningBid.model(events, CONTEXT).map((winner) => winner.bid.price));
    });

  test('may come before its auction', () => winnerOf(bid(1, 5, 200), auction(1, 10)));
  test('comes before the end of its auction', () => winnerOf(auction(1, 0), bid(1, 999, 200), bid(1, 1_000, 300)));
  test('reaches the reserve', () => winnerOf(auction(1, 0), bid(1, 10, 99)));
  test('is the earliest of the highest', async () => {
    const events = [auction(1, 0), bid(1, 20, 300), bid(1, 10, 300), bid(1, 5, 200)];
    await testPipeline((p) => {
      const all = p.apply(
        testStream<Event>()
          .addElements(...events.map(happens))
          .advanceWatermarkToInfinity(),
      );
      assertThat(winningBid.expand(all, CONTEXT).map((winner) => winner.bid.dateTime)).containsInAnyOrder([10]);
    });
  });

  test('is forgotten when its auction is not there after twice the time that auctions take', async () => {
    const patience = 2 * expectedAuctionDuration(CONFIGURATION);
    // 10 ms between events, 50 / 3 events for each auction, 100 auctions at a time; rounded up.
    expect(patience).toBe(2 * 16_667);
    await testPipeline((p) => {
      const all = p.apply(
        testStream<Event>()
          .addElements(happens(bid(1, 0, 200)), happens(bid(2, 0, 300)))
          .advanceWatermarkTo(patience - 1)
          .addElements(happens(auction(1, patience - 1)))
          .advanceWatermarkTo(patience)
          .addElements(happens(auction(2, patience)))
          .advanceWatermarkToInfinity(),
      );
      assertThat(winningBid.expand(all, CONTEXT).map((winner) => winner.auction.id)).containsInAnyOrder([1]);
    });
  });
});

describe.each([
  ['batch', true],
  ['streaming', false],
])('%s', (_mode, isBounded) => {
  test('query 10 writes a file of each pane, and an index of each window', async () => {
    const configuration = { ...CONFIGURATION, maxLogEvents: 100 };
    const { metric } = await testPipeline((p) => {
      const events = p.apply(readEvents(configuration, { isBounded, batchSize: 50 }));
      const totals = logToShardedFiles.expand(events, { ...CONTEXT, configuration, folder });
      assertThat(totals).satisfies((all) => all.reduce((sum, one) => sum + one.events, 0) === configuration.numEvents);
    });

    const logs = namesIn(path.join(folder, 'logs')).filter((name) => name.endsWith('.jsonl'));
    const lines = logs.flatMap((name) => linesOf(path.join(folder, 'logs', name)));
    expect(lines.toSorted()).toEqual(
      eventsOf(configuration.numEvents)
        .map((event) => JSON.stringify(event))
        .toSorted(),
    );

    const index = namesIn(path.join(folder, 'index')).filter((name) => name.endsWith('.txt'));
    // 15 seconds in windows of 10.
    expect(index).toHaveLength(2);
    const entries = index.flatMap((name) => linesOf(path.join(folder, 'index', name)).map((line) => line.split(' ')));
    expect(entries.reduce((sum, entry) => sum + Number(entry[4]), 0)).toBe(configuration.numEvents);
    expect(entries.filter((entry) => entry[4] !== '0')).toHaveLength(logs.length);
    expect(new Set(entries.map((entry) => entry[1])).size).toBe(5);

    // Of each window and shard as many full files as there are hundreds of events, and the rest when the window is over.
    const byShard = Map.groupBy(entries, ([window, shard]) => `${window} ${shard}`);
    const full = [...byShard.values()].map((files) =>
      Math.floor(files.reduce((sum, entry) => sum + Number(entry[4]), 0) / 100),
    );
    expect(metric(panesOf.EARLY).committed).toBe(full.reduce((sum, n) => sum + n, 0));
    expect(metric(panesOf.EARLY).committed).toBeGreaterThan(5);
    expect(metric(panesOf.ON_TIME).committed).toBe(2 * 5);
    for (const unexpected of [panesOf.LATE, panesOf.UNKNOWN, smallEarlyPanes]) {
      expect(metric(unexpected).committed).toBe(0);
    }
  });

  test('queries look up rows in files as well', async () => {
    await testPipeline((p) => writeSideInput(p, CONFIGURATION, folder));
    expect(namesIn(folder).filter((name) => name.endsWith('.csv'))).toHaveLength(3);
    const configuration = { ...CONFIGURATION, numEvents: 300 };
    await testPipeline((p) => {
      const events = p.apply(readEvents(configuration, { isBounded }));
      const joined = boundedSideInputJoin.expand(events, { ...CONTEXT, sideInput: filesSideInput(folder) });
      assertThat(joined).containsInAnyOrder(boundedSideInputJoin.model(eventsOf(300), CONTEXT));
    });
  });
});

const namesIn = (where: string): readonly string[] => readdirSync(where, { recursive: true }).map(String);
const linesOf = (file: string): readonly string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);
