/** What holds in every run, by its name in the reliability contract, and what checks it. */
export interface Invariant {
  readonly id: string;
  readonly says: string;
  /** The check in this folder, or the tests that cover it instead. */
  readonly checkedBy: string;
}

/** All invariants, those included that are no matter of crashes and are checked elsewhere. */
export const INVARIANTS: readonly Invariant[] = [
  {
    id: 'I1',
    says: 'The output watermark of a step never falls, across restarts too',
    checkedBy: 'watermarks.ts, at each durable epoch',
  },
  {
    id: 'I2',
    says: 'The output watermark is not ahead of the input; holds and elements on their way hold it',
    checkedBy: 'watermarks.ts for the input; test/properties/streaming for holds, by panes and late drops',
  },
  {
    id: 'I3',
    says: 'No event-time timer fires before its time, each once, in order',
    checkedBy: 'job.ts, tallies: one that fires twice or not at all doubles or loses ids; order: test/runners/keyed',
  },
  {
    id: 'I4',
    says: 'Final content of streaming is that of batch for any order of arrival',
    checkedBy: 'expected.ts, computed from the input alone; against batch: test/properties/streaming',
  },
  {
    id: 'I5',
    says: 'The last accumulating pane, or all discarding ones together, hold what came',
    checkedBy: 'job.ts, paneProblems',
  },
  {
    id: 'I6',
    says: 'Panes of a key and window: indices 0, 1, 2; EARLY, one ON_TIME, LATE; first and last right',
    checkedBy: 'rows.ts, sequenceProblems, across restarts',
  },
  {
    id: 'I7',
    says: 'Late drops are those of the oracle; data within the lateness are all there',
    checkedBy: 'job.ts for data within; drops: test/properties/streaming',
  },
  {
    id: 'I8',
    says: 'Sessions are disjoint after they merged, with the union of what they held',
    checkedBy: 'job.ts for the union; bounds: test/properties/streaming',
  },
  {
    id: 'I9',
    says: 'A failed call leaves no trace',
    checkedBy: 'pipeline.ts, Tally: bad elements fail after they wrote to state and set a timer',
  },
  {
    id: 'I10',
    says: 'A ledger is never ahead of the durable epoch, never falls, and what it misses is in the outbox',
    checkedBy: 'LedgerTable in testing/simulation; the outbox by content after each crash',
  },
  {
    id: 'I11',
    says: 'What is finalized is durable',
    checkedBy: 'Topic in testing/simulation: nothing is read again before where it was finalized',
  },
  {
    id: 'I12',
    says: 'Each durable epoch is finalized, the last one too',
    checkedBy: 'job.ts, in runs without faults; a crash between the last commit and its finalization is not covered',
  },
  {
    id: 'I13',
    says: 'Nothing lost, doubled or made up; appended twice only what was in doubt',
    checkedBy: 'job.ts, for each class of sinks',
  },
  {
    id: 'I14',
    says: 'A restart on any state of the disk goes on rightly or refuses with a reason',
    checkedBy:
      'trial.ts and exhaustive.ts, by wear.ts: values of the state, staged files, journals and manifests are damaged between processes, which is refused by name, never read, or not needed; the real store: test/host/state-damage.test.ts; published files: manifests.ts, by their checksums, as a job never reads again what it has published',
  },
  {
    id: 'I15',
    says: 'What is held in memory stays below the limit, and is nothing at the end',
    checkedBy:
      'memory.ts, at each point, by the estimates of the engine: elements are large in some seeds, and go to disk; nothing but side inputs is held at the end. The process as such: npm run -s many-keys, ten million keys within 1.2 of the limit',
  },
  {
    id: 'I16',
    says: 'The same seed gives the same log',
    checkedBy: 'swarm.test.ts',
  },
  {
    id: 'I17',
    says: 'Of two processes at most one has a job',
    checkedBy: 'trial.ts, refuseSecond; requests of a dead process arrive late at ledgers',
  },
  {
    id: 'I18',
    says: 'Order within a key where it is promised',
    checkedBy:
      'rows.ts, sequenceProblems: panes of a key come to ledgers and logs in the order of their numbers, across crashes; sorted.ts: elements of a key in the order of time, where a step asks for that; records of a partition: test/io/log',
  },
  {
    id: 'I19',
    says: 'Dead letters and what was delivered together are what was read',
    checkedBy:
      'job.ts, by ids: of steps that fail, and of a sink that rejects rows of durable epochs; late drops: sorted.ts',
  },
  {
    id: 'I20',
    says: 'Another interval or size of batches between runs changes nothing',
    checkedBy: 'trial.ts draws the interval of each process; sizes of batches follow from what is there to read',
  },
];
