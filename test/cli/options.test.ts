import { describe, expect, test } from 'vitest';
import { flagOf, parseOptions, splitAtWord } from '../../cli/options.ts';
import { OptionsError, type OptionSpecs } from '../../model/index.ts';

const table = {
  input: { type: 'string', array: true, default: ['a.csv'], alias: 'i' },
  output: { type: 'string', default: 'out' },
  minCount: { type: 'number' },
  limits: { type: 'number', array: true },
  'strict-quality': { type: 'number' },
  dry: { type: 'boolean', default: false },
  format: { choices: ['text', 'json'], default: 'text' },
} as const satisfies OptionSpecs;

const parsed = (...args: string[]) => parseOptions(table, args);
const message = (...args: string[]): string => {
  try {
    parseOptions(table, args);
  } catch (error) {
    if (error instanceof OptionsError) return error.message;
    throw error;
  }
  return 'no error';
};

test('without arguments options have their defaults, or are undefined', () => {
  expect(parsed()).toEqual({
    input: ['a.csv'],
    output: 'out',
    minCount: undefined,
    limits: undefined,
    'strict-quality': undefined,
    dry: false,
    format: 'text',
  });
});

test('an option may be given several times, or with several values at once', () => {
  expect(parsed('--input', 'a', 'b', '--input=c', '-i', 'd')).toMatchObject({ input: ['a', 'b', 'c', 'd'] });
  expect(parsed('--limits=1', '--limits', '2', '-3')).toMatchObject({ limits: [1, 2, -3] });
});

test('of an option that has one value the last counts, so that a script can be overruled', () => {
  expect(parsed('--output=a', '--output', 'b', '--min-count=1', '--min-count=2', '--dry', '--no-dry')).toMatchObject({
    output: 'b',
    minCount: 2,
    dry: false,
  });
});

test('a name in camel case is typed in kebab case, or as it is; one in kebab case stays', () => {
  expect(parsed('--min-count=3')).toMatchObject({ minCount: 3 });
  expect(parsed('--minCount', '4')).toMatchObject({ minCount: 4 });
  expect(parsed('--strict-quality=5')).toMatchObject({ 'strict-quality': 5 });
  expect(flagOf('minCountOfAll')).toBe('min-count-of-all');
});

test('text stays as it was typed: no numbers, dots or commas are read into it', () => {
  expect(parsed('--output=007').output).toBe('007');
  expect(parsed('--output', '1e3').output).toBe('1e3');
  expect(parsed('--output=a.b=c,d').output).toBe('a.b=c,d');
  expect(parsed('--output=').output).toBe('');
  expect(parsed('--output=--dry').output).toBe('--dry');
  expect(parsed('--output', '').output).toBe('');
});

test('numbers are numbers', () => {
  expect(parsed('--min-count=-2.5').minCount).toBe(-2.5);
  expect(parsed('--min-count', '1e3').minCount).toBe(1000);
});

test('switches are on, off by no-, or given a word', () => {
  expect(parsed('--dry').dry).toBe(true);
  expect(parsed('--no-dry').dry).toBe(false);
  expect(parsed('--dry=false').dry).toBe(false);
  expect(parsed('--dry=true').dry).toBe(true);
});

test('an option may mean something without a value', () => {
  const table = { disorder: { choices: ['within', 'beyond'], implied: 'within' }, dry: { type: 'boolean' } } as const;
  expect(parseOptions(table, ['--disorder', '--dry'])).toMatchObject({ disorder: 'within', dry: true });
  expect(parseOptions(table, ['--disorder=beyond'])).toMatchObject({ disorder: 'beyond' });
  expect(parseOptions(table, [])).toMatchObject({ disorder: undefined });
});

describe('mistakes are told in one line with what to do', () => {
  test.each([
    [['--inptu=x'], '--inptu: there is no such option. Did you mean --input?'],
    [['--inptu', 'x'], '--inptu: there is no such option. Did you mean --input?'],
    [['--no-dri'], '--no-dri: there is no such option. Did you mean --no-dry?'],
    [['--zzzzzz'], '--zzzzzz: there is no such option. --help lists those that are.'],
    [['-x'], '-x: there is no such option. --help lists those that are.'],
    [['--format=jsno'], '--format: "jsno" is none of text, json. Did you mean json?'],
    [['--min-count=many'], '--min-count: "many" is not a number. Give digits, e.g. --min-count=10.'],
    [['--min-count='], '--min-count: "" is not a number. Give digits, e.g. --min-count=10.'],
    [['--min-count=1n'], '--min-count: "1n" is not a number. Give digits, e.g. --min-count=10.'],
    [['--min-count=Infinity'], '--min-count: "Infinity" is not a number. Give digits, e.g. --min-count=10.'],
    [['--limits=1', 'two'], '--limits: "two" is not a number. Give digits, e.g. --limits=10.'],
    [['--min-count'], '--min-count: its value is missing. It takes one. Write --min-count=NUMBER.'],
    [['--output', '--dry'], '--output: its value is missing. It takes one. Write --output=TEXT.'],
    [['--input'], '--input: its value is missing. It takes one. Write --input=TEXT.'],
    [['--dry=maybe'], '--dry: "maybe" is neither true nor false. Write --dry or --no-dry.'],
    [['--no-output'], '--no-output: --output takes a value and is no switch. Give it one, or leave it out.'],
    [
      ['--output=a', 'b.csv'],
      '"b.csv" is not expected here. Only options are. If a shell made it of a pattern, put the pattern in quotes.',
    ],
  ])('%j', (args, sentence) => {
    expect(message(...args)).toBe(sentence);
  });

  test('a demanded option that is missing, with what it is', () => {
    const demanding = { to: { type: 'string', demandOption: true, describe: 'Where the letters go.' } } as const;
    expect(() => parseOptions(demanding, [])).toThrow(
      '--to: it is required and missing. Where the letters go. Add --to=TEXT.',
    );
    expect(parseOptions(demanding, ['--to=Rome'])).toEqual({ to: 'Rome' });
  });

  test('the value of an unknown option is not repeated: it may be a secret', () => {
    expect(message('--pasword=hunter2')).not.toContain('hunter2');
  });

  test('the value of a secret option is not repeated either', () => {
    const secret = { token: { choices: ['a', 'b'] } } as const;
    expect(() => parseOptions(secret, ['--token=hunter2'])).toThrow('--token: the value is none of a, b.');
  });

  test('a choice of one is told as one', () => {
    expect(() => parseOptions({ until: { choices: ['end'] } }, ['--until=now'])).toThrow(
      '--until: "now" is not end, the only choice.',
    );
  });

  test('control characters of an argument do not reach the terminal', () => {
    expect(message('--\u001b[2Jx')).toContain('--\\x1b[2Jx: there is no such option');
  });
});

test('names that every object has are unknown options like others', () => {
  for (const name of ['__proto__', 'constructor', 'to-string', 'hasOwnProperty']) {
    expect(message(`--${name}=x`)).toContain(`--${name}: there is no such option`);
  }
});

describe('a command line is split at its first word', () => {
  const outer = { format: { choices: ['a', 'b'] }, json: { type: 'boolean' } } as const;
  test.each([
    [['f.ts', '--x=1'], [], 'f.ts', ['--x=1']],
    [['--format', 'a', 'f.ts', '--format', 'b'], ['--format', 'a'], 'f.ts', ['--format', 'b']],
    [['--json', 'f.ts', 'g.ts'], ['--json'], 'f.ts', ['g.ts']],
    [['--other=1', 'f.ts'], [], '--other=1', ['f.ts']],
    [['--json'], ['--json'], undefined, []],
  ])('%j', (args, before, word, after) => {
    expect(splitAtWord(outer, args)).toEqual({ before, word, after });
  });
});
