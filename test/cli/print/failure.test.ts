import { describe, expect, test } from 'vitest';
import { describeFailure, type FailureContext } from '../../../cli/print/failure.ts';
import { failureLines, wrap } from '../../../cli/print/failure-lines.ts';
import { ownership as viga } from '../../../cli/ownership.ts';
import { plainPaint } from '../../../cli/print/paint.ts';
import { redactor } from '../../../cli/print/safe-text.ts';
import { beganInViga, framesOf, userFrame } from '../../../cli/print/stack.ts';
import {
  CancelledError,
  ConnectorError,
  ElementError,
  OptionsError,
  Pipeline,
  PipelineError,
} from '../../../model/index.ts';
import { create } from '../../../transforms/index.ts';

const ownership = { isVigas: (file: string) => file.startsWith('/viga/') };

const context: FailureContext = {
  doing: { kind: 'run', what: 'orders' },
  graph: undefined,
  ownership,
  redact: redactor(['hunter2']),
  sourceLine: () => '  rows.map((row) => row.payment.amount)  ',
  optionOf: () => undefined,
  isDebugging: false,
};

/** An error as if it came from these places. */
function from<E extends Error>(error: E, ...places: string[]): E {
  error.stack = [`${error.name}: ${error.message}`, ...places.map((place) => `    at ${place}`)].join('\n');
  return error;
}

const lines = (error: unknown, changes: Partial<FailureContext> = {}, width = Number.POSITIVE_INFINITY): string[] =>
  failureLines(describeFailure(error, { ...context, ...changes }), {
    paint: plainPaint,
    width,
    shortPath: (file) => file.replace('/home/me/', ''),
  });

describe('frames of a stack', () => {
  const stack = [
    'TypeError: x (is not) a function',
    '    at generated (eval at compile (file:///viga/runners/execution/codegen.ts:27:19), <anonymous>:3:9)',
    '    at new Promise (<anonymous>)',
    '    at node:internal/process/task_queues:140:7',
    '    at async Promise.all (index 0)',
    '    at StageRuntime.process (file:///viga/runners/execution/stage.ts:295:31)',
    '    at parse (/home/me/node_modules/csv/index.js:1:2)',
    '    at async toOrder (file:///home/me/my%20orders.ts?v=2:42:18)',
  ].join('\n');

  test('are those in files, whoever wrote them', () => {
    expect(framesOf(stack)).toEqual([
      { file: '/viga/runners/execution/stage.ts', line: 295, column: 31 },
      { file: '/home/me/node_modules/csv/index.js', line: 1, column: 2 },
      { file: '/home/me/my orders.ts', line: 42, column: 18 },
    ]);
  });

  test('that begin with the line that can not be read have it first', () => {
    const unreadable =
      'file:///home/me/orders.ts:3\nexport enum A { B }\n       ^^^^^^^\n\nSyntaxError: no\n    at x (/a.ts:1:2)';
    expect(framesOf(unreadable)).toEqual([
      { file: '/home/me/orders.ts', line: 3, column: 8 },
      { file: '/a.ts', line: 1, column: 2 },
    ]);
  });

  test("the user's is the first that is neither Viga's nor a package's", () => {
    expect(userFrame(stack, ownership)).toEqual({ file: '/home/me/my orders.ts', line: 42, column: 18 });
    expect(beganInViga(stack, ownership)).toBe(true);
    expect(userFrame(undefined, ownership)).toBeUndefined();
  });
});

describe('an element that failed', () => {
  const cause = from(
    new TypeError("Cannot read properties of undefined (reading 'amount')"),
    'file:///home/me/src/orders.ts:42:18',
    'StageRuntime.process (file:///viga/runners/execution/stage.ts:1:1)',
  );
  const error = new ElementError('Parse/toOrder', { id: 'a-17', password: 'x' }, cause.message, {
    cause,
    coordinate: 'orders.csv.gz line 10442',
    window: '[10:00,10:01)',
    attempts: 3,
  });

  test("is told with the user's line, the element, where it came from, and what to do", () => {
    expect(lines(error)).toEqual([
      '✖ Parse/toOrder failed on one element (after 3 attempts)',
      "  TypeError: Cannot read properties of undefined (reading 'amount')",
      '    at src/orders.ts:42:18   rows.map((row) => row.payment.amount)',
      '  element  {"id":"a-17","password":"***"}',
      '  from     orders.csv.gz line 10442   window [10:00,10:01)',
      "  fix      Correct the step's function, or filter such elements out before it.",
    ]);
  });

  test('is told where the step was made, and that it may have dead letters, where its graph is known', () => {
    const p = new Pipeline();
    p.apply(create([1])).map((n) => n, { name: 'Double' });
    const failed = new ElementError('Double', 1, 'no', { cause: from(new Error('no'), 'file:///home/me/a.ts:1:1') });
    const told = lines(failed, { graph: p.graph, ownership: viga });
    expect(told.join('\n')).toContain('set such elements aside with its option deadLetters');
    expect(told.at(-1)).toMatch(/^ {2}step {5}made at .*failure\.test\.ts:\d+:\d+$/);
  });

  test("of Viga's own finding has its reason and its fix apart", () => {
    const found = new ElementError(
      'ByUser',
      { id: 1 },
      'the key function returned undefined. Elements are grouped by their key, so each needs one. Filter such elements first.',
    );
    expect(lines(found)).toEqual([
      '✖ ByUser failed on one element: the key function returned undefined.',
      '  element  {"id":1}',
      '  why      Elements are grouped by their key, so each needs one.',
      '  fix      Filter such elements first.',
    ]);
  });

  test('because another system failed has the fix of that error', () => {
    const connector = from(
      new ConnectorError('Rates', 'the service answered 401. It wants a key. Pass one by --api-key.'),
      'file:///viga/io/http/read.ts:1:1',
    );
    expect(lines(new ElementError('Convert', 'EUR', connector.message, { cause: connector }))).toEqual([
      '✖ Convert failed on one element',
      '  ConnectorError: Rates: the service answered 401.',
      '  element  "EUR"',
      '  why      It wants a key.',
      '  fix      Pass one by --api-key.',
    ]);
  });

  test('because something that is no error was thrown says so', () => {
    expect(lines(new ElementError('Words', 'a', 'just words', { cause: 'just\nwords' }))[1]).toBe(
      '  thrown: "just\\nwords"',
    );
  });
});

describe('a pipeline that is put together wrongly', () => {
  const error = from(
    new PipelineError(
      'Twice',
      'another step already has this name. Saved state is found by name. Rename one of the two.',
    ),
    'NameScope.enter (file:///viga/model/graph.ts:1:1)',
    'Object.build (file:///home/me/src/orders.ts:7:3)',
  );

  test('is told with the line that built it', () => {
    expect(lines(error, { doing: { kind: 'build', what: 'orders' } })).toEqual([
      '✖ Twice: another step already has this name.',
      '    at src/orders.ts:7:3   rows.map((row) => row.payment.amount)',
      '  why      Saved state is found by name.',
      '  fix      Rename one of the two.',
    ]);
  });

  test('is told without a line once it runs: the only one there is started the run', () => {
    expect(lines(error)[1]).toBe('  why      Saved state is found by name.');
  });
});

describe('any other error', () => {
  const building = { doing: { kind: 'build', what: 'orders' } } as const;

  test("out of the user's code is the user's, with its causes", () => {
    const error = from(
      new RangeError('the moon is not full', { cause: new Error('it is\nTuesday', { cause: 'a calendar' }) }),
      'Object.build (file:///home/me/src/orders.ts:7:3)',
    );
    expect(lines(error, building)).toEqual([
      '✖ the pipeline orders could not be built',
      '  RangeError: the moon is not full',
      '    at src/orders.ts:7:3   rows.map((row) => row.payment.amount)',
      '  cause    Error: it is Tuesday',
      '  cause    thrown: "a calendar"',
    ]);
  });

  test("out of Viga's is told as a bug, with the stack and the user's line that led there", () => {
    const error = from(
      new TypeError('undefined is not a function'),
      'plan (file:///viga/runners/direct/plan.ts:9:9)',
      'Object.build (file:///home/me/src/orders.ts:7:3)',
    );
    const told = lines(error, building);
    expect(told.slice(0, 3)).toEqual([
      '✖ the pipeline orders could not be built',
      '  TypeError: undefined is not a function',
      '    at src/orders.ts:7:3   rows.map((row) => row.payment.amount)',
    ]);
    expect(told.join('\n')).toContain('most likely a bug in Viga');
    expect(told.join('\n')).toContain('plan (file:///viga/runners/direct/plan.ts:9:9)');
  });

  test('of the system is neither', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    expect(describeFailure(from(error), context)).toMatchObject({
      kind: 'system',
      fix: expect.stringContaining('TMPDIR'),
      stack: undefined,
    });
  });

  test('may have causes in a circle, or many at once', () => {
    const circle = new Error('a');
    circle.cause = circle;
    expect(describeFailure(circle, context).causes).toHaveLength(5);
    const many = new AggregateError([new Error('x'), new Error('y')], 'both');
    expect(describeFailure(many, context).causes.map(({ message }) => message)).toEqual(['x', 'y']);
  });

  test.each([[undefined], [null], ['text'], [12n], [{ a: 1 }]])('may be %s, which is no error', (thrown) => {
    expect(describeFailure(thrown, context)).toMatchObject({ kind: 'program', error: { name: 'thrown' } });
  });
});

test('a stack is shown of what is no bug only where it is asked for', () => {
  const error = from(new PipelineError('A', 'is wrong. It is. Do not.'), 'f (file:///viga/model/graph.ts:1:1)');
  expect(lines(error).join('\n')).not.toContain('/viga/');
  expect(lines(error, { isDebugging: true }).join('\n')).toContain('f (file:///viga/model/graph.ts:1:1)');
});

test('a line of generated code, as long as a file, is cut', () => {
  const error = from(new Error('no'), 'file:///home/me/bundle.js:1:9000');
  const told = lines(error, { sourceLine: () => 'x'.repeat(10_000) });
  expect(told[2]).toBe(`    at bundle.js:1:9000   ${'x'.repeat(159)}…`);
});

test('neither secrets nor control characters are shown, wherever they stand', () => {
  const cause = from(
    new Error('bad \u001b[2J hunter2', { cause: new Error('hunter2 \u0007') }),
    'file:///home/me/a.ts:1:1',
  );
  const error = new ElementError('A\u001b[1m', 'hunter2', cause.message, { cause, coordinate: 'hunter2 line 1' });
  const text = lines(error, { isDebugging: true, sourceLine: () => "login('hunter2')" }).join('\n');
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('\u0007');
  expect(JSON.stringify(describeFailure(error, context))).not.toContain('hunter2');
});

test('options and cancellations have their own kinds', () => {
  expect(describeFailure(new OptionsError('top', 'is wrong'), context)).toMatchObject({
    kind: 'options',
    title: '--top: is wrong',
  });
  expect(describeFailure(new CancelledError('stopped'), context)).toMatchObject({
    kind: 'cancelled',
    title: 'stopped',
  });
});

describe('on a terminal', () => {
  const words = (word: string) => `${word} `.repeat(9).trim();
  const long = from(new PipelineError('A', `it ${words('is wrong')}. ${words('Because')}. Do ${words('not')}.`));

  test('lines are broken between words', () => {
    for (const line of lines(long, {}, 40)) expect(line.length, line).toBeLessThanOrEqual(40);
    expect(lines(long, {}, 40).length).toBeGreaterThan(lines(long).length);
  });

  test('a word that is longer than a line stays whole, so that it can be copied', () => {
    expect(wrap(`see ${'x'.repeat(50)} there`, 30)).toEqual(['see', 'x'.repeat(50), 'there']);
  });

  test('a message of many lines is cut', () => {
    const page = from(
      new Error(Array.from({ length: 40 }, (_, n) => `line ${n}`).join('\n')),
      'file:///home/me/a.ts:1:1',
    );
    const told = lines(new ElementError('A', 1, page.message, { cause: page }));
    expect(told).toContain('  line 11');
    expect(told).not.toContain('  line 12');
    expect(told).toContain('  …');
  });
});

test('an error that says more than its cause says why and how to fix it', () => {
  const cause = from(new TypeError('no rights'), 'read (file:///viga/model/key.ts:1:1)');
  const text = "its key can't group: no rights. Equal keys must have equal bytes. Use a key of plain data.";
  expect(lines(new ElementError('Group', 1, text, { cause }))).toEqual([
    '✖ Group failed on one element',
    '  TypeError: no rights',
    '  element  1',
    '  why      Equal keys must have equal bytes.',
    '  fix      Use a key of plain data.',
  ]);
  // What is only the cause's message is told once.
  const users = new Error('First. Second. Third.');
  expect(lines(new ElementError('Map', 1, users.message, { cause: users })).join('\n')).not.toContain('why');
});

test('the place of a connector names the option that it comes from; what is for the program is not told to who runs it', () => {
  const hint = "A program that may find none passes noMatch: 'allow'.";
  const text = 'there is no such file. The working directory is empty. Correct the name.';
  const error = from(new ConnectorError('a.csv', text, { hint }), 'read (file:///viga/io/find.ts:1:1)');
  expect(error.message).toContain('noMatch');
  const optionOf = (place: string): string => `--input=${place} hunter2`;
  expect(lines(error, { optionOf })).toEqual([
    '✖ a.csv: there is no such file.',
    '  option   --input=a.csv ***',
    '  why      The working directory is empty.',
    '  fix      Correct the name.',
  ]);
  // As the cause of an element's error as well.
  expect(lines(new ElementError('Read', 'a.csv', 'failed', { cause: error })).join('\n')).not.toContain('noMatch');
  const ofElement = new ElementError('Read', '3', 'a.csv line 3: too few fields. All would shift. Correct it.', {
    hint,
  });
  expect(ofElement.message).toContain('noMatch');
  expect(lines(ofElement).join('\n')).toMatch(/why +All would shift\.\n +fix +Correct it\.(\n|$)/);
});
