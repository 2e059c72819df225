import {
  type DeadLetter,
  type Duration,
  type PBegin,
  type PCollection,
  type PTransform,
  ptransform,
  read,
  type Timestamp,
} from 'viga';
import { messageFiles } from './file-source.ts';
import { eventTimeOf, type Message } from './message.ts';
import { readRaw } from './raw.ts';
import type { SimulatorSettings } from './simulator.ts';
import { simulatorSource } from './simulator-source.ts';

/** Where messages come from. */
export type MessageInput =
  | ({ readonly kind: 'simulator' } & SimulatorSettings)
  | { readonly kind: 'file'; readonly files: string }
  | { readonly kind: 'parquet'; readonly folder: string };

/** How messages are read. */
interface MessageReading {
  readonly input: MessageInput;
  readonly isStreaming: boolean;
  readonly maxOutOfOrder: Duration;
  /** The hours whose messages are meant, by their starts; none for all. */
  readonly hours: readonly Timestamp[];
  /** Gets what is no message. */
  readonly deadLetters: (failed: PCollection<DeadLetter<unknown>>) => unknown;
}

/** Reads messages with their event times. */
export function readMessages(reading: MessageReading): PTransform<PBegin, PCollection<Message>> {
  return ptransform('ReadMessages', (pipeline: PBegin) => {
    const messages = pipeline.apply(allMessages(reading));
    const { hours } = reading;
    if (hours.length === 0) return messages;
    const starts = new Set(hours);
    return messages.filter((message) => starts.has(hourOf(eventTimeOf(message))), { name: 'Hours' });
  });
}

function allMessages({
  input,
  isStreaming,
  maxOutOfOrder,
  hours,
  deadLetters,
}: MessageReading): PTransform<PBegin, PCollection<Message>> {
  // Said to never end, though it may: all steps behind it then run while it is read.
  const options = { deadLetters, isBounded: !isStreaming };
  switch (input.kind) {
    case 'simulator':
      return read(simulatorSource(input), options);
    case 'file':
      return read(messageFiles(input.files, maxOutOfOrder), options);
    case 'parquet':
      return readRaw(input.folder, hours, deadLetters);
    default:
      return input satisfies never;
  }
}

const HOUR = 3_600_000;

const hourOf = (timestamp: Timestamp): Timestamp => timestamp - (timestamp % HOUR);
