/** What is generated, and what the queries are asked for; names and defaults are those of Beam's Nexmark. */
export interface Configuration {
  readonly numEvents: number;
  /** Into how many ranges the events are divided. Each has event times of its own from the base time on. */
  readonly numEventGenerators: number;
  /** Events per second of event time, at first and at most; where they differ the rate moves between them. */
  readonly firstEventRate: number;
  readonly nextEventRate: number;
  readonly rateShape: 'square' | 'sine';
  readonly ratePeriodSec: number;
  /** The event time of the first event. */
  readonly baseTime: number;
  /** Events come out of order within groups of so many. */
  readonly outOfOrderGroupSize: number;
  readonly windowSizeSec: number;
  readonly windowPeriodSec: number;
  readonly numInFlightAuctions: number;
  readonly numActivePeople: number;
  readonly hotAuctionRatio: number;
  readonly hotSellersRatio: number;
  readonly hotBiddersRatio: number;
  readonly avgPersonByteSize: number;
  readonly avgAuctionByteSize: number;
  readonly avgBidByteSize: number;
  readonly auctionSkip: number;
  readonly fanout: number;
  readonly maxAuctionsWaitingTimeSec: number;
  readonly occasionalDelaySec: number;
  readonly maxLogEvents: number;
  readonly sideInputRowCount: number;
  readonly sideInputNumShards: number;
  readonly sessionGapSec: number;
}

/** Beam's defaults. */
export const DEFAULTS: Configuration = {
  numEvents: 100_000,
  numEventGenerators: 100,
  firstEventRate: 10_000,
  nextEventRate: 10_000,
  rateShape: 'sine',
  ratePeriodSec: 600,
  baseTime: Date.UTC(2015, 6, 15),
  outOfOrderGroupSize: 1,
  windowSizeSec: 10,
  windowPeriodSec: 5,
  numInFlightAuctions: 100,
  numActivePeople: 1_000,
  hotAuctionRatio: 2,
  hotSellersRatio: 4,
  hotBiddersRatio: 4,
  avgPersonByteSize: 200,
  avgAuctionByteSize: 500,
  avgBidByteSize: 100,
  auctionSkip: 123,
  fanout: 5,
  maxAuctionsWaitingTimeSec: 600,
  occasionalDelaySec: 3,
  maxLogEvents: 100_000,
  sideInputRowCount: 500,
  sideInputNumShards: 3,
  sessionGapSec: 600,
};

/** Of 50 events one is a new person, three are new auctions, and the rest are bids. */
export const PERSONS = 1;
export const AUCTIONS = 3;
export const CYCLE = 50;
