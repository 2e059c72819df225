import type { OptionSpecs } from 'viga';

/** What the pipeline can be asked for. */
export const options = {
  mode: {
    choices: ['streaming', 'batch'],
    default: 'streaming',
    describe: 'Whether windows close while messages come, or all is read first.',
  },
  input: {
    type: 'string',
    describe:
      'Messages: FILE.jsonl, log:FILE#TOPIC, or parquet:DIR with what an earlier run wrote below raw. Default: the simulator.',
  },
  until: {
    choices: ['end'],
    changesResults: false,
    describe: 'Ends a streaming run over a log with the messages that were there at its start. Default: it goes on.',
  },
  ticks: { type: 'number', describe: 'How many seconds of event time are simulated. Default: 3600.' },
  start: { type: 'string', describe: 'When the simulation starts. Default: 2020-09-19T19:00:00Z.' },
  disorder: {
    choices: ['within', 'beyond'],
    implied: 'within',
    describe:
      'Simulates malformed messages and such as are early or late, within --max-out-of-order or beyond it. Default: none.',
  },
  realtime: { type: 'boolean', default: false, changesResults: false, describe: 'Simulate a second in a second.' },
  users: {
    type: 'string',
    describe:
      'The users: a CSV file, or sqlite:FILE#TABLE, with the columns id, email, quota. Default: the bundled twenty.',
  },
  window: { type: 'string', default: '5m', describe: 'The size of the windows of the tables that are not hourly.' },
  maxOutOfOrder: {
    type: 'string',
    default: '1m',
    describe: 'How far event times may be out of order: by so much the watermark is behind the highest.',
  },
  allowedLateness: {
    type: 'string',
    default: '1h',
    describe: 'How long after the end of its window a message still counts.',
  },
  hour: {
    type: 'string',
    array: true,
    describe: 'Only messages of this hour, by its start, e.g. 2020-09-19T19:00:00Z; may be given again. For batch.',
  },
  raw: { type: 'string', describe: 'The folder that messages are written to as Parquet. Default: raw below --output.' },
  output: { type: 'string', default: 'out/antennas', describe: 'The folder that results are written to.' },
} as const satisfies OptionSpecs;
