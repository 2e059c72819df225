import { describe, expect, test } from 'vitest';
import { colorPaint, wantsColor } from '../../../cli/print/paint.ts';
import { formatBytes, formatCount, formatDuration, formatRate, plural } from '../../../ui/index.ts';
import { isSecretName, oneLine, redactor, visible } from '../../../cli/print/safe-text.ts';
import { sentencesOf } from '../../../cli/print/sentences.ts';
import { tableLines } from '../../../cli/print/table.ts';
import { displayWidth, fit, padEnd, padStart } from '../../../cli/print/width.ts';

describe('width', () => {
  test.each([
    ['abc', 3],
    ['größe', 5],
    ['日本', 4],
    ['한글', 4],
    ['e\u0301', 1],
    ['👍🏽', 2],
    ['👩‍👩‍👧', 2],
    ['a\u200bb', 2],
    ['', 0],
  ])('%j takes %d columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  test('text is cut at its end or its start, and never through a character', () => {
    expect(fit('abcdef', 4)).toBe('abc…');
    expect(fit('Load/Parse/toOrder', 10, 'start')).toBe('…e/toOrder');
    expect(fit('日本語', 4)).toBe('日…');
    expect(fit('abc', 3)).toBe('abc');
    expect(fit('abc', 1)).toBe('…');
    expect(fit('abc', 0)).toBe('');
  });

  test('padding counts columns', () => {
    expect(padEnd('日', 4)).toBe('日  ');
    expect(padStart('日', 4)).toBe('  日');
    expect(padEnd('abc', 2)).toBe('abc');
  });
});

describe('quantities', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '0.98 KB'],
    [1_536, '1.50 KB'],
    [437 * 2 ** 20, '437 MB'],
    [5 * 2 ** 40, '5.00 TB'],
    [5_000 * 2 ** 40, '5000 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test.each([
    [0, '0/s'],
    [0.4, '0.4/s'],
    [7, '7/s'],
    [999.4, '999/s'],
    [999.6, '1.00k/s'],
    [98_200, '98.2k/s'],
    [4_100_000, '4.10M/s'],
  ])('%d elements a second are %s', (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });

  test.each([
    [0, '0 ms'],
    [999.6, '1.0 s'],
    [4_250, '4.3 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [7_800_000, '2 h 10 min'],
    [360_000_000, '100 h 00 min'],
  ])('%d milliseconds are %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test.each([
    [0, '0'],
    [999, '999'],
    [-1_204_000, '-1,204,000'],
    [1_234.5678, '1,234.568'],
    [0.1 + 0.2, '0.3'],
  ])('%d is written %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  test('one is singular', () => {
    expect([plural(0, 'row'), plural(1, 'row'), plural(1204, 'row')]).toEqual(['0 rows', '1 row', '1,204 rows']);
  });
});

describe('tables', () => {
  const columns = [
    { align: 'left', shrinks: 'start' },
    { align: 'right', dropped: 2 },
    { align: 'right', dropped: 1 },
  ] as const;
  const rows = [
    [{ text: 'Read' }, { text: '' }, { text: '12' }],
    [{ text: 'Parse/toOrder' }, { text: '1,204' }, { text: '7' }],
  ];

  test('cells stand in columns as wide as the widest of them', () => {
    expect(tableLines(columns, rows, 80)).toEqual(['  Read                  12', '  Parse/toOrder  1,204   7']);
  });

  test('a narrow screen takes from the name, then leaves columns out', () => {
    expect(tableLines(columns, rows, 22)).toEqual(['  Read              12', '  …/toOrder  1,204   7']);
    expect(tableLines(columns, rows, 18)).toEqual(['  Read', '  …/toOrder  1,204']);
    expect(tableLines(columns, rows, 12)).toEqual(['  Read', '  …e/toOrder']);
  });

  test('a column that is empty in all rows takes no room', () => {
    expect(tableLines(columns, [[{ text: 'a' }, { text: '' }, { text: '1' }]], 80)).toEqual(['  a  1']);
  });

  test('paint does not change the width of a cell', () => {
    const painted = tableLines(columns, [[{ text: 'a', paint: colorPaint.red }, { text: '1' }], [{ text: 'abc' }]], 80);
    expect(painted).toEqual(['  \u001b[31ma  \u001b[39m  1', '  abc']);
  });
});

describe('color', () => {
  test.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
  ])('%j on a terminal: %s gives %s', (env, isTerminal, wanted) => {
    expect(wantsColor(env, isTerminal)).toBe(wanted);
  });
});

describe('text that is safe to show', () => {
  test('control characters are written out, so that data can not move the cursor', () => {
    expect(visible('a\u001b[2Jb\r\u0007\u009b\tc\nd')).toBe('a\\x1b[2Jb\\x0d\\x07\\x9b c\nd');
    expect(visible('\u202eabc')).toBe('\\u202eabc');
    expect(oneLine('a\n  b\r\nc')).toBe('a b c');
  });

  test('names that tell of secrets', () => {
    for (const name of ['password', 'dbPassword', 'api-token', 'SECRET', 'apiKey', 'privateKey', 'passwd', 'key']) {
      expect(isSecretName(name), name).toBe(true);
    }
    for (const name of ['input', 'monkey', 'keyboard', 'output', 'path', 'keys']) {
      expect(isSecretName(name), name).toBe(false);
    }
  });

  test('secret values, fields, URL passwords and assignments are taken out', () => {
    const redact = redactor(['hunter2', 'hunter2hunter2', 'abc']);
    expect(redact('login hunter2hunter2 failed')).toBe('login *** failed');
    expect(redact('abc stays: it is too short to look for')).toBe('abc stays: it is too short to look for');
    expect(redact('{"id":"a","password":"p\\"q","n":{"token":12}}')).toBe(
      '{"id":"a","password":"***","n":{"token":"***"}}',
    );
    expect(redact('{"key":"ann","value":1}')).toBe('{"key":"ann","value":1}');
    expect(redact('{"apiKey":"cut off he…')).toBe('{"apiKey":"***"');
    expect(redact('postgres://me:pw@db/x')).toBe('postgres://me:***@db/x');
    expect(redact('https://x.org/?token=abcd&y=1')).toBe('https://x.org/?token=***&y=1');
  });
});

test('a message of three sentences is what, why and fix; what stands before may hold full stops', () => {
  expect(sentencesOf('the key is undefined. Elements are grouped by it. Filter such elements first.')).toEqual({
    what: 'the key is undefined.',
    why: 'Elements are grouped by it.',
    fix: 'Filter such elements first.',
  });
  expect(sentencesOf('the value "A. B. C" is odd. Nobody reads it. Change it.')).toMatchObject({
    what: 'the value "A. B. C" is odd.',
    fix: 'Change it.',
  });
  expect(sentencesOf('no file matches *.csv. /tmp/in has a.txt. Correct the name.')).toMatchObject({
    why: '/tmp/in has a.txt.',
  });
  expect(sentencesOf('cannot open a.csv, e.g. this')).toEqual({
    what: 'cannot open a.csv, e.g. this',
    why: undefined,
    fix: undefined,
  });
});
