import { remember } from './text.ts';

/** A date as `YYYY-MM-DD`: it sorts as it is, and a table, a file and a person read it the same. */
export type IsoDate = string;

/** What a date field that holds something else than a date is read as. No ISO date is empty. */
export const unreadable = '';

const dayFirst = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(.*)$/s;
const yearFirst = /^(\d{4})-(\d{1,2})-(\d{1,2})(.*)$/s;
const timeOfDay = /^(?:(?:T| +)(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?Z?)?$/;

/** Outside these years a date is a slip of the pen; accepted, it would stretch every daily table over centuries. */
const firstYear = 1900;
const lastYear = 2100;

/**
 * Reads a date as the published files write it: `6/3/2020 0:00:00` (day first), `24/03/2020`, `2020-05-08`,
 * `2020-03-06T00:00:00.000`. The time of day is checked and dropped. Empty and dashes (`-   -`) are null, everything
 * else is {@link unreadable}.
 */
export const parseDate: (text: string) => IsoDate | null = remember((field) => {
  const text = field.trim();
  if (/^[-\s]*$/.test(text)) return null;
  const [, year, month, day, rest] = yearFirst.exec(text) ?? swapped(dayFirst.exec(text)) ?? [];
  if (rest === undefined || !timeOfDay.test(rest)) return unreadable;
  return dateOf(Number(year), Number(month), Number(day));
});

/** Returns how many days a date lies after 1970-01-01. */
export function dayNumber(date: IsoDate): number {
  return Date.parse(date) / 86_400_000;
}

/** Returns the date so many days after 1970-01-01. */
export function dateOfDay(day: number): IsoDate {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

function swapped(match: RegExpExecArray | null): readonly (string | undefined)[] | undefined {
  return match === null ? undefined : [match[0], match[3], match[2], match[1], match[4]];
}

function dateOf(year: number, month: number, day: number): IsoDate {
  if (year < firstYear || year > lastYear) return unreadable;
  const date = new Date(Date.UTC(year, month - 1, day));
  // 31 April would be 1 May.
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.toISOString().slice(0, 10) : unreadable;
}
