import path from 'node:path';
import { type Duration, OptionsError, type OptionValues, seconds, type StandardOptions, type Timestamp } from 'viga';
import type { MessageInput } from '../messages/index.ts';
import { parseUsersPlace, type UsersPlace } from '../users/index.ts';
import { inputOf } from './input.ts';
import type { options } from './options.ts';
import { durationOption, hourOption } from './times.ts';

/** The options of a run as they are given. */
export type Values = OptionValues<typeof options> & Pick<StandardOptions, 'seed'>;

/** The options of a run, checked, with the bundled data where none was named. */
export interface Settings {
  readonly isStreaming: boolean;
  readonly input: MessageInput;
  readonly users: UsersPlace;
  readonly window: Duration;
  readonly maxOutOfOrder: Duration;
  readonly allowedLateness: Duration;
  /** The starts of the hours that are meant; none for all. */
  readonly hours: readonly Timestamp[];
  /** Without a slash at its end, as `output`. */
  readonly raw: string;
  readonly output: string;
}

const data = path.join(import.meta.dirname, '../data');

/** @throws OptionsError for the first option that makes no sense. */
export function settingsOf(values: Values): Settings {
  const times = {
    window: durationOption('window', values.window, seconds(1), 'Sums are of windows of this size.'),
    maxOutOfOrder: durationOption('max-out-of-order', values.maxOutOfOrder, 0, 'Windows close by so much later.'),
    allowedLateness: durationOption('allowed-lateness', values.allowedLateness, 0, 'Messages that are later are lost.'),
  };
  const isStreaming = values.mode === 'streaming';
  const { hour = [] } = values;
  if (isStreaming && hour.length > 0) {
    throw new OptionsError(
      'hour',
      `${hour[0]} was given for a streaming run. Only batch knows the hours that it is for. Add --mode=batch, or leave it out.`,
    );
  }
  const output = folderOption('output', values.output);
  const raw = values.raw === undefined ? `${output}/raw` : folderOption('raw', values.raw);
  const input = inputOf(values, times);
  if (input.kind === 'parquet') refuseSameFiles(input.folder, raw);
  return {
    isStreaming,
    input,
    users: parseUsersPlace(values.users ?? path.join(data, 'users.csv')),
    ...times,
    hours: hour.map(hourOption),
    raw,
    output,
  };
}

/** Below the folder that is read all files are, and those that are written replace others below theirs. */
function refuseSameFiles(read: string, written: string): void {
  const isIn = (folder: string, other: string): boolean => {
    const way = path.relative(other, folder);
    return !path.isAbsolute(way) && way.split(path.sep)[0] !== '..';
  };
  const [inside, around] = [isIn(written, read), isIn(read, written)];
  if (!inside && !around) return;
  const relation = inside && around ? 'is' : inside ? 'lies in' : 'holds';
  throw new OptionsError(
    'raw',
    `${written} ${relation} what --input=parquet:${read} reads. It would be replaced while it is read. Name another folder.`,
  );
}

function folderOption(option: 'output' | 'raw', folder: string): string {
  if (folder !== '') return folder.replace(/(?<=.)\/+$/, '');
  throw new OptionsError(option, 'the name is empty. Results are written to this folder. Name one, e.g. out/antennas.');
}
