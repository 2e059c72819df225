import type { Source, SourceBatch, SourceOutput } from 'viga';
import { type Message, parseMessage } from './message.ts';

/**
 * The messages that the records of a source stand for. What is no message is rejected as the text that it is, with the place
 * where the source found it; timestamps are the source's own.
 */
export function parsed<T, R, P>(source: Source<T, R, P>, textOf: (record: T) => string): Source<Message, R, P> {
  return {
    ...source,
    read: (nothing, tracker, output, context) =>
      source.read(
        nothing,
        tracker,
        {
          emit: (batch) => output.emit(messagesIn(batch, textOf, output)),
          reject: (record, error, coordinate) => output.reject(record, error, coordinate),
          advanceWatermark: (timestamp) => output.advanceWatermark(timestamp),
          setIdle: (idle) => output.setIdle(idle),
        },
        context,
      ),
  };
}

function messagesIn<T>(
  batch: SourceBatch<T>,
  textOf: (record: T) => string,
  output: SourceOutput<Message>,
): SourceBatch<Message> {
  const values: Message[] = [];
  const kept: number[] = [];
  const { timestamps, coordinate } = batch;
  for (const [index, record] of batch.values.entries()) {
    const text = textOf(record);
    try {
      values.push(parseMessage(text));
      kept.push(index);
    } catch (error) {
      // parseMessage throws errors only.
      output.reject(text, error as Error, coordinate?.(index));
    }
  }
  if (values.length === batch.values.length) return { ...batch, values };
  return {
    ...batch,
    values,
    ...(timestamps instanceof Float64Array && {
      timestamps: Float64Array.from(kept, (index) => timestamps[index] ?? 0),
    }),
    ...(coordinate && { coordinate: (index: number) => coordinate(kept[index] ?? index) }),
  };
}
