import {
  type DeadLetter,
  type Duration,
  flatten,
  type PBegin,
  type PCollection,
  type PTransform,
  ptransform,
  read,
  type Timestamp,
} from 'viga';
import { fileSource } from 'viga/io/files';
import { logSource } from 'viga/io/log';
import { lineFormat } from 'viga/io/text';
import { eventTimeOf, type Message } from './message.ts';
import { parsed } from './parsed.ts';
import { readRaw } from './raw.ts';
import { type SimulatorSettings, slackOf } from './simulator.ts';
import { simulatorSource } from './simulator-source.ts';

/** Where messages come from. */
export type MessageInput =
  | ({ readonly kind: 'simulator' } & SimulatorSettings)
  | { readonly kind: 'file'; readonly files: string }
  | LogInput
  | { readonly kind: 'parquet'; readonly folder: string };

interface LogInput {
  readonly kind: 'log';
  readonly file: string;
  readonly topic: string;
  /** Whether reading ends with the messages that are there when it begins. */
  readonly endsAtEnd: boolean;
}

/** How messages are read. */
export interface MessageReading {
  readonly input: MessageInput;
  readonly isStreaming: boolean;
  readonly maxOutOfOrder: Duration;
  /** The hours whose messages are meant, by their starts; none for all. */
  readonly hours: readonly Timestamp[];
}

/** What was read: messages with their event times, and what is none. */
type Received = {
  readonly messages: PCollection<Message>;
  readonly rejected: PCollection<DeadLetter<unknown>>;
};

/** Reads messages; in streaming the watermark is the highest event time less `maxOutOfOrder`. */
export function readMessages(reading: MessageReading): PTransform<PBegin, Received> {
  return ptransform('ReadMessages', (pipeline: PBegin) => {
    const rejected: PCollection<DeadLetter<unknown>>[] = [];
    const all = pipeline.apply(allMessages(reading, (failed) => rejected.push(failed)));
    const hours = new Set(reading.hours);
    const messages =
      hours.size === 0 ? all : all.filter((message) => hours.has(hourOf(eventTimeOf(message))), { name: 'Hours' });
    return { messages, rejected: flatten(rejected) };
  });
}

function allMessages(
  { input, isStreaming, maxOutOfOrder, hours }: MessageReading,
  deadLetters: (failed: PCollection<DeadLetter<unknown>>) => unknown,
): PTransform<PBegin, PCollection<Message>> {
  // In streaming said to never end, though it may: all steps behind it then run while it is read.
  const options = { timestamp: eventTimeOf, maxOutOfOrder, isBounded: !isStreaming, deadLetters };
  switch (input.kind) {
    case 'simulator': {
      const source = parsed(simulatorSource(input), (text) => text);
      // The clock of the messages is the tick.
      return read(source, { ...options, maxAhead: slackOf(input) * 1_000 });
    }
    case 'file':
      return read(
        parsed(linesOf(input.files), (text) => text),
        options,
      );
    case 'log':
      return read(
        parsed(topicOf(input), ({ value }) => value),
        options,
      );
    case 'parquet':
      return readRaw(input.folder, hours, deadLetters);
    default:
      return input satisfies never;
  }
}

/** Lines of files, but for those that are empty. */
function linesOf(files: string) {
  const format = lineFormat<string>('ReadMessages', {}, ({ lines }) => {
    const lineOf = lines.flatMap((line, index) => (line.trim() === '' ? [] : [index]));
    return { values: lineOf.map((index) => lines[index] ?? ''), lineOf };
  });
  return fileSource(format, files);
}

function topicOf({ file, topic, endsAtEnd }: LogInput) {
  return logSource({ file, topic, valueFormat: 'string', ...(endsAtEnd && { until: 'end' as const }) });
}

const HOUR = 3_600_000;

const hourOf = (timestamp: Timestamp): Timestamp => timestamp - (timestamp % HOUR);
