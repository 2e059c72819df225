import {
  formatTimestamp,
  formatWindow,
  type PCollection,
  type PTransform,
  ptransform,
  showValue,
} from '../model/index.ts';

/** What {@link log} can be asked for. */
export interface LogOptions<in T> {
  /** Stands before each line. */
  readonly prefix?: string;
  /** Adds the timestamp and the window. */
  readonly withWindow?: boolean;
  /** How an element is shown. Default: texts as they are, the rest like JSON, cut to 200 characters. */
  readonly format?: (element: T) => string;
  /** Where lines go. Default: standard error. */
  readonly write?: (line: string) => void;
}

/**
 * Writes each element to standard error and passes it on unchanged; to look at a collection while developing.
 *
 * With `withWindow`, an element in several windows is written, and comes out, once for each.
 *
 * @example
 * import assert from 'node:assert/strict';
 * import { create, log, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * const lines: string[] = [];
 * const p = new Pipeline();
 * p.apply(create([{ id: 1 }])).apply(log({ prefix: 'order ', write: (line) => lines.push(line) }));
 * await p.run(directRunner());
 * assert.deepEqual(lines, ['order {"id":1}']);
 */
export const log = <T>(options: LogOptions<T> = {}): PTransform<PCollection<T>, PCollection<T>> =>
  ptransform('Log', (input: PCollection<T>) => {
    const { prefix = '', format = shown, write = toStandardError } = options;
    if (options.withWindow !== true) {
      return input.map(
        (element) => {
          write(prefix + format(element));
          return element;
        },
        { name: 'Write' },
      );
    }
    return input.map(
      (element, { timestamp, window }) => {
        write(`${prefix}${format(element)} at ${formatTimestamp(timestamp)} in ${formatWindow(window)}`);
        return element;
      },
      { name: 'Write' },
    );
  });

const shown = (element: unknown): string => (typeof element === 'string' ? element : showValue(element));

const toStandardError = (line: string): void => console.error(line);
