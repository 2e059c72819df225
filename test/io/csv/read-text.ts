import { nodeHost } from '../../../host/index.ts';
import { OffsetTracker, type OffsetRange, type SourceContext } from '../../../model/index.ts';
import { type CsvReadOptions, csvReadFormat } from '../../../io/csv/read-format.ts';
import type { InputFile } from '../../../io/files/index.ts';

/** A file in memory that hands out its bytes in pieces of a given size. */
export function fileOf(content: string | Uint8Array, pieceSize = 1 << 18, path = 'orders.csv'): InputFile {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
  return {
    path,
    relativePath: path,
    size: bytes.length,
    isRandomAccess: true,
    async read(into, offset, length, position) {
      return bytes.copy(into, offset, position, position + length);
    },
    async *chunks({ from = 0 } = {}) {
      // One buffer for all pieces: whoever keeps a piece for later sees it change.
      const piece = Buffer.alloc(pieceSize);
      for (let at = from; at < bytes.length; at += pieceSize) {
        yield piece.subarray(0, bytes.copy(piece, 0, at, at + pieceSize));
      }
    },
  };
}

export interface Rejected {
  readonly record: unknown;
  readonly error: Error;
  readonly coordinate: string | undefined;
}

export interface ReadText {
  readonly rows: unknown[];
  readonly places: string[];
  readonly rejected: Rejected[];
  readonly messages: string[];
  /** What was counted for progress. */
  bytes: number;
  readonly tracker: OffsetTracker;
}

/** Reads a CSV text, or a range of it, through the format, with bad records set aside. */
export async function readText(
  content: string | Uint8Array,
  options: CsvReadOptions = {},
  {
    pieceSize,
    range,
    codegen,
  }: { readonly pieceSize?: number; readonly range?: OffsetRange; readonly codegen?: boolean } = {},
): Promise<ReadText> {
  const file = fileOf(content, pieceSize);
  const tracker = new OffsetTracker(range ?? { from: 0, to: file.size ?? 0 });
  const result: ReadText = { rows: [], places: [], rejected: [], messages: [], bytes: 0, tracker };
  const machine = nodeHost();
  const host = { ...machine, codegen: codegen ?? machine.codegen };
  const context: SourceContext = { host, signal: new AbortController().signal, step: 'Read' };
  await csvReadFormat(options).read(
    file,
    tracker,
    {
      emit({ values, bytes, coordinate }) {
        result.bytes += bytes ?? 0;
        for (const [i, value] of values.entries()) {
          result.rows.push(value);
          result.places.push(coordinate?.(i) ?? '');
        }
      },
      reject(record, error, coordinate) {
        result.rejected.push({ record, error, coordinate });
        result.messages.push(error.message);
      },
      advanceWatermark() {},
      setIdle() {},
    },
    context,
  );
  tracker.checkDone();
  return result;
}
