// Dates are days since 1970-01-01 in a number: that is what a Parquet DATE holds, it sorts and subtracts as it is, a dense
// calendar is a counting loop, and a small integer takes no memory of its own, where a text takes 40 bytes.

/** Days since 1970-01-01. */
export type Day = number;

/** What a date field may hold: a day, nothing, or something that is no date. */
export type ParsedDate = Day | null | 'unreadable';

const slash = 47;
const dash = 45;
const colon = 58;
const zero = 48;
const nine = 57;

/** Outside these years a date is a slip of the pen; accepted, it would stretch every daily table over centuries. */
const firstYear = 1900;
const lastYear = 2100;

/**
 * Reads a date as the published files write it: `6/3/2020 0:00:00` (day first), `24/03/2020`, `2020-05-08`,
 * `2020-03-06T00:00:00.000`. The time of day is checked and dropped. Empty and dashes (`-   -`) are null.
 *
 * Reads character by character: it runs six times a row, and costs less than looking the text up in a table would.
 */
export function parseDate(text: string): ParsedDate {
  if (text === '') return null;
  if (isPlainIso(text)) return dayOrUnreadable(four(text, 0), two(text, 5), two(text, 8));
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 32) start++;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  if (start === end) return null;
  if (text.charCodeAt(start) === dash) return isDashes(text, start, end) ? null : 'unreadable';
  const second = digitsEnd(text, start, end) + 1;
  const separator = text.charCodeAt(second - 1);
  const third = digitsEnd(text, second, end) + 1;
  if ((separator !== dash && separator !== slash) || text.charCodeAt(third - 1) !== separator) return 'unreadable';
  const rest = digitsEnd(text, third, end);
  if (rest < end && !isTimeOfDay(text, rest, end)) return 'unreadable';
  return separator === dash
    ? dayOrUnreadable(
        number(text, start, second - 1, 4),
        number(text, second, third - 1, 2),
        number(text, third, rest, 2),
      )
    : dayOrUnreadable(
        number(text, third, rest, 4),
        number(text, second, third - 1, 2),
        number(text, start, second - 1, 2),
      );
}

/** Returns the day of a calendar date; month and day count from 1. */
export function dayOf(year: number, month: number, day: number): Day {
  // Years that begin in March put the leap day last. From Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}

/** Returns year, month and day of the month of a day; month and day count from 1. */
export function calendarDate(day: Day): { readonly year: number; readonly month: number; readonly day: number } {
  const date = new Date(day * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Returns the day as `YYYY-MM-DD`. */
export function isoDate(day: Day): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** The shape of nearly all fields of 2020: `2020-05-08` or `2020-03-06T00:00:00.000`. */
function isPlainIso(text: string): boolean {
  if (text.length !== 10 && !(text.length === 23 && text.endsWith('T00:00:00.000'))) return false;
  if (text.charCodeAt(4) !== dash || text.charCodeAt(7) !== dash) return false;
  for (let at = 0; at < 10; at++) if (at !== 4 && at !== 7 && !isDigit(text.charCodeAt(at))) return false;
  return true;
}

function four(text: string, at: number): number {
  return two(text, at) * 100 + two(text, at + 2);
}

function two(text: string, at: number): number {
  return (text.charCodeAt(at) - zero) * 10 + text.charCodeAt(at + 1) - zero;
}

function dayOrUnreadable(year: number, month: number, day: number): ParsedDate {
  if (year < firstYear || year > lastYear || month < 1 || month > 12) return 'unreadable';
  return day < 1 || day > daysInMonth(year, month) ? 'unreadable' : dayOf(year, month, day);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The number written from `start` to `end`, or -1 if there is none or it has more than `length` digits. */
function number(text: string, start: number, end: number, length: number): number {
  if (end <= start || end - start > length) return -1;
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + text.charCodeAt(at) - zero;
  return value;
}

function digitsEnd(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isDigit(text.charCodeAt(at))) at++;
  return at;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

function isDashes(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== dash && code > 32) return false;
  }
  return true;
}

/** `T` or blanks, then `H:mm`, `H:mm:ss` or `H:mm:ss.fff`, then perhaps `Z`. */
function isTimeOfDay(text: string, start: number, end: number): boolean {
  let at = start;
  if (text[at] === 'T') at++;
  else while (text[at] === ' ') at++;
  if (at === start) return false;
  const minutes = digitsEnd(text, at, end) + 1;
  const hour = number(text, at, minutes - 1, 2);
  if (hour < 0 || hour > 23 || text.charCodeAt(minutes - 1) !== colon) return false;
  let rest = digitsEnd(text, minutes, end);
  if (!isSixtieth(text, minutes, rest)) return false;
  if (text.charCodeAt(rest) === colon) {
    const seconds = rest + 1;
    rest = digitsEnd(text, seconds, end);
    if (!isSixtieth(text, seconds, rest)) return false;
    if (text[rest] === '.') rest = digitsEnd(text, rest + 1, end);
  }
  return rest === end || (text[rest] === 'Z' && rest + 1 === end);
}

function isSixtieth(text: string, start: number, end: number): boolean {
  return end - start === 2 && number(text, start, end, 2) < 60;
}
