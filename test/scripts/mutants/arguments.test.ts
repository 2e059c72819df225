import { expect, test } from 'vitest';
import { chosen, mutantArguments } from '../../../scripts/mutants/arguments.ts';

const all = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }));
const idsOf = (...words: string[]): string =>
  chosen(all, mutantArguments(words))
    .map(({ id }) => id)
    .join('');

test('all are run, or those that are named', () => {
  expect(idsOf()).toBe('abcde');
  expect(idsOf('--only', 'd', '--only=b')).toBe('bd');
  expect(idsOf('--only=b,c', '--json')).toBe('bc');
});

test('seeds that follow each other take turns, until each has been run', () => {
  expect(['0', '1', '2', '3', '4'].map((seed) => idsOf('--rotate', '2', '--seed', seed))).toEqual([
    'ab',
    'cd',
    'ea',
    'bc',
    'de',
  ]);
  expect(idsOf('--rotate=9')).toBe('abcde');
});

test('what is not understood is told with how to call it', () => {
  expect(() => idsOf('--onyl', 'a')).toThrow('mutants: --onyl is not understood. Usage: npm run -s mutants');
  expect(() => idsOf('--rotate', 'few')).toThrow('mutants: --rotate is not understood.');
  expect(() => idsOf('--only')).toThrow('mutants: --only is not understood.');
  expect(() => idsOf('--only', 'z')).toThrow('mutants: there is none called z. There are a, b, c, d, e.');
});
