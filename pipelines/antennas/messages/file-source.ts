import type { Duration, Source } from 'viga';
import { type FilePosition, fileSource, type FilesRestriction } from 'viga/io/files';
import { lineFormat } from 'viga/io/text';
import { eventTimeOf, type Message, parseMessage } from './message.ts';

/**
 * Files with a message a line, as a source whose elements have their event time, so that windows close while it is read: the
 * watermark is the highest event time so far less `maxOutOfOrder`. Lines that are no message go to the dead letters.
 */
export function messageFiles(files: string, maxOutOfOrder: Duration): Source<Message, FilesRestriction, FilePosition> {
  const source = fileSource(messageLines, files);
  return {
    ...source,
    watermark: { kind: 'observed', maxOutOfOrder },
    read: (nothing, tracker, output, context) =>
      source.read(
        nothing,
        tracker,
        {
          emit: (batch) => output.emit({ ...batch, timestamps: Float64Array.from(batch.values, eventTimeOf) }),
          reject: (record, error, coordinate) => output.reject(record, error, coordinate),
          advanceWatermark: (timestamp) => output.advanceWatermark(timestamp),
          setIdle: (idle) => output.setIdle(idle),
        },
        context,
      ),
  };
}

const messageLines = lineFormat<Message>('ReadMessages', {}, ({ lines, place }, output) => {
  const values: Message[] = [];
  const lineOf: number[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    try {
      values.push(parseMessage(line));
      lineOf.push(index);
    } catch (error) {
      // parseMessage throws errors only.
      output.reject(line, error as Error, place(index));
    }
  }
  return { values, lineOf };
});
