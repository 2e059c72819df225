import { expect, test } from 'vitest';
import { guaranteeLines, refuseLess } from '../../cli/guarantees.ts';
import { GuaranteeError } from '../../model/index.ts';
import type { GuaranteeLevel, PathGuarantee } from '../../runners/run/index.ts';

const sinks = (count: number, level: GuaranteeLevel, why: string, name = 'Write'): PathGuarantee[] =>
  Array.from({ length: count }, (_, n) => ({
    sink: `${name} ${n}`,
    level,
    reasons: [`${name} ${n} ${why}`, 'Read can be read again'],
  }));
const best = (count: number) => sinks(count, 'exactly-once', 'writes by key');
const append = (count: number) => sinks(count, 'at-least-once', 'appends', 'Append');

test.each([
  [best(1), ['exactly-once for Write 0, since Write 0 writes by key']],
  [best(4), ['exactly-once for Write 0, Write 1, Write 2, Write 3, since each writes by key']],
  [best(18), ['exactly-once for all 18 sinks, since each writes by key']],
  [
    [...best(1), ...sinks(2, 'exactly-once', 'publishes', 'File')],
    ['exactly-once for Write 0, since Write 0 writes by key', 'exactly-once for File 0, File 1, since each publishes'],
  ],
  [append(1), ['at-least-once for Append 0, since Append 0 appends; Read can be read again']],
  [
    [...append(1), ...best(5)],
    [
      'at-least-once for Append 0, since Append 0 appends; Read can be read again',
      'exactly-once for Write 0, Write 1, Write 2 and 2 more, since each writes by key',
    ],
  ],
  [
    [...best(9), ...append(9)],
    [
      'exactly-once for Write 0, Write 1, Write 2 and 6 more, since each writes by key',
      'at-least-once for Append 0, Append 1, Append 2 and 6 more, since each appends; Read can be read again',
    ],
  ],
  [[], []],
])('guarantees take one line for all that have the same (%#)', (guarantees, lines) => {
  expect(guaranteeLines(guarantees)).toEqual(lines);
});

test('a sink that is promised less than was required is named, with the reason', () => {
  expect(() => refuseLess('exactly-once', [...best(1), ...append(1)])).toThrow(GuaranteeError);
  expect(() => refuseLess('exactly-once', append(1))).toThrow(
    'Append 0: it would be at-least-once, and exactly-once is required: Append 0 appends; Read can be read again.',
  );
  expect(() => refuseLess('at-least-once', [...best(1), ...append(1)])).not.toThrow();
  expect(() => refuseLess(undefined, append(1))).not.toThrow();
});
