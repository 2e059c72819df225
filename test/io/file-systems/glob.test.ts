import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expandBraces, fixedDirectory, segments } from '../../../io/file-systems/glob.ts';

/** Whether a pattern of one name matches a name. */
function matches(pattern: string, name: string): boolean {
  const [part] = segments(pattern);
  if (part?.kind === 'pattern') return part.matches(name);
  return part?.kind === 'name' && part.name === name;
}

const name = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 12 })
  .filter((text) => !/[/\0]/.test(text) && !text.startsWith('.') && !text.startsWith('_') && text.isWellFormed());
const characters = (text: string): string => Array.from(text, (one) => (/[*?[]/.test(one) ? '?' : one)).join('');

test('any character but the marks of patterns stands for itself, ? for one and * for any number', () => {
  fc.assert(
    fc.property(name, name, (before, after) => {
      expect(matches(`${characters(before)}*${characters(after)}`, before + after)).toBe(true);
      expect(matches(`${characters(before)}*${characters(after)}`, `${before}-[]{}()+.^$|\\${after}`)).toBe(true);
      if (!/[*?[]/.test(before)) expect(matches(`*${before}`, `${before}x`)).toBe(/^x+$/.test(before));
      expect(matches(`${characters(before)}?`, before)).toBe(false);
      expect(matches(`${characters(before)}?`, `${before}🎉`)).toBe(true);
    }),
  );
});

test('a set has the characters that stand in it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Array.from('abz019_^$.+()|\\&-~é🎉')), (one) => {
      expect(matches(`x[${one === '^' ? 'q^' : one}]`, `x${one}`)).toBe(true);
      expect(matches(`x[!${one}]`, `x${one}`)).toBe(false);
      expect(matches(`x[!${one}]`, 'xQ')).toBe(true);
    }),
  );
  expect(matches('x[]]', 'x]')).toBe(true);
  expect(matches('x[z-a]', 'xb')).toBe(false);
  expect(matches('x[', 'x[')).toBe(true);
});

test.each([
  ['a', ['a']],
  ['{a,b}', ['a', 'b']],
  ['x{a,b}y{1,2}', ['xay1', 'xay2', 'xby1', 'xby2']],
  ['{a,{b,c}d}', ['a', 'bd', 'cd']],
  ['{a}', ['{a}']],
  ['{a,b', ['{a,b']],
  ['{,x}', ['', 'x']],
  ['{{a,b}', ['{a', '{b']],
])('%s is written out as %j', (pattern, expected) => {
  expect(expandBraces(pattern)).toEqual(expected);
});

test.each([
  ['*.txt', ''],
  ['data/*.txt', 'data'],
  ['data/x{a,b}/y', 'data'],
  ['/x*', '/'],
  ['/data/x.txt', '/data'],
  ['x.txt', ''],
  ['s3://bucket/a*', 's3://bucket'],
])('%s is fixed up to "%s"', (pattern, expected) => {
  expect(fixedDirectory(pattern)).toBe(expected);
});
