import { expect, test } from 'vitest';
import { dateOfDay, dayNumber, parseDate, unreadable } from '../../../../pipelines/covid/cases/dates.ts';

test.each([
  ['6/3/2020 0:00:00', '2020-03-06'],
  ['24/03/2020', '2020-03-24'],
  ['31/3/2020', '2020-03-31'],
  ['2020-05-08', '2020-05-08'],
  ['2020-03-06T00:00:00.000', '2020-03-06'],
  [' 29/2/2020 23:59 ', '2020-02-29'],
  ['2020-05-08T12:30:00Z', '2020-05-08'],
])('%j is %s: the day comes first', (text, date) => expect(parseDate(text)).toBe(date));

test.each(['', ' ', '-   -', '  -   -', '-'])('%j is null', (text) => expect(parseDate(text)).toBeNull());

test.each([
  '31/4/2020',
  '29/2/2021',
  '13/13/2020',
  '0/3/2020',
  '6/3/20',
  '2020-3',
  '2020-05-08x',
  '6/3/2020 25:00',
  '06/03/0020',
  'N/A',
])('%j is unreadable', (text) => expect(parseDate(text)).toBe(unreadable));

test('days are counted through a leap day', () => {
  expect(dayNumber('1970-01-01')).toBe(0);
  expect(dayNumber('2020-03-01') - dayNumber('2020-02-28')).toBe(2);
  expect(dateOfDay(dayNumber('2020-02-29'))).toBe('2020-02-29');
});
