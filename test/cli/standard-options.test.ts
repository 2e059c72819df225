import { expect, test } from 'vitest';
import { didYouMean } from '../../cli/did-you-mean.ts';
import { checkOwnOptions, parseBytes, settingsOf } from '../../cli/standard-options.ts';
import { definePipeline, type OptionSpecs, OptionsError, PipelineError } from '../../model/index.ts';

test.each([
  ['512MB', 512 * 2 ** 20],
  ['512mb', 512 * 2 ** 20],
  ['2g', 2 * 2 ** 30],
  ['1.5 GiB', 1.5 * 2 ** 30],
  ['65536K', 2 ** 26],
  ['1073741824', 2 ** 30],
])('%s of memory is %d bytes', (text, bytes) => {
  expect(parseBytes('memory-limit', text)).toBe(bytes);
});

test.each(['', 'much', '12 parsecs', '-1GB', '1e9', 'GB'])('%j is no amount of memory', (text) => {
  expect(() => parseBytes('memory-limit', text)).toThrow(OptionsError);
  expect(() => parseBytes('memory-limit', text)).toThrow('Give a number and a unit, e.g. 512MB or 2GB.');
});

test('a limit that no run can keep is refused', () => {
  expect(() => parseBytes('memory-limit', '512')).toThrow("--memory-limit: '512' is less than the 16MB");
});

const checked = (options: OptionSpecs) => () => checkOwnOptions(definePipeline({ name: 'p', options, build() {} }));

test('a pipeline can not have an option of a standard name, by no spelling', () => {
  for (const name of ['runner', 'json', 'job-name', 'jobName', 'help', 'version']) {
    expect(checked({ [name]: { type: 'string' } })).toThrow(PipelineError);
    expect(checked({ [name]: { type: 'string' } })).toThrow(/is already a standard option.*Rename it\.$/);
  }
  expect(checked({ host: { type: 'string', alias: 'h' } })).toThrow("its option 'h' is already a standard option");
});

test('two options can not share a name or an alias', () => {
  expect(checked({ fooBar: {}, 'foo-bar': {} })).toThrow("its option 'foo-bar' is already an option");
  expect(checked({ one: { alias: 'o' }, other: { alias: 'o' } })).toThrow("its option 'o' is already an alias");
});

test('a name that a command line can not have is refused', () => {
  for (const name of ['', 'a b', 'a=b', '-a', 'no-way', 'größe', 'constructor', '__proto__']) {
    expect(checked(Object.fromEntries([[name, {}]]))).toThrow('is no name for the command line');
  }
  expect(checked({ input: { alias: 'i' }, maxRows: {}, 'strict-quality': {} })).not.toThrow();
});

test.each([
  ['inptu', 'input'],
  ['outpt', 'output'],
  ['memory-limt', 'memory-limit'],
  ['INPUT', 'input'],
  ['xyz', undefined],
  ['o', undefined],
])('%s was most likely meant as %s', (word, meant) => {
  expect(didYouMean(word, ['input', 'output', 'memory-limit'])).toBe(meant);
});

test('of one letter no other is likely', () => {
  expect(didYouMean('x', ['n'])).toBe(undefined);
  expect(didYouMean('N', ['n'])).toBe('n');
});

test.each([
  ['ui-port', -1],
  ['ui-port', 65_536],
  ['ui-port', 80.5],
  ['max-failed-share', -0.1],
  ['max-failed-share', 5],
  ['epoch-interval', '0s'],
  ['epoch-interval', 'often'],
  ['state-dir', ''],
])('--%s=%s is refused', (option, value) => {
  const definition = definePipeline({ name: 'p', options: {}, build() {} });
  const values = { runner: 'direct', [option]: value };
  expect(() => settingsOf(values, definition)).toThrow(OptionsError);
  expect(() => settingsOf(values, definition)).toThrow(new RegExp(`^--${option}: .*Give .*\\.$`));
});

test('a page at any free port, and a brake that never holds or always does, can be asked for', () => {
  const definition = definePipeline({ name: 'p', options: {}, build() {} });
  for (const share of [0, 1]) {
    const values = { runner: 'direct', 'ui-port': 0, 'max-failed-share': share };
    expect(settingsOf(values, definition)).toMatchObject({ uiPort: 0, maxFailedShare: share });
  }
});
