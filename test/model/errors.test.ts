import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assert,
  CancelledError,
  CoderError,
  ConnectorError,
  ElementError,
  OptionsError,
  PipelineError,
  showValue,
} from '../../model/index.ts';
import { plainData } from './any-data.ts';

describe('an error says where it happened in front of its message and as a field', () => {
  const cause = new Error('why');
  test('a PipelineError by its step', () => {
    const error = new PipelineError('Orders/Sum', 'it is wrong.', { cause });
    expect(error).toMatchObject({
      name: 'PipelineError',
      step: 'Orders/Sum',
      message: 'Orders/Sum: it is wrong.',
      cause,
    });
    expect(new PipelineError(undefined, 'it is wrong.')).toMatchObject({ step: undefined, message: 'it is wrong.' });
  });

  test('an OptionsError by its option', () => {
    expect(new OptionsError('input', 'it is missing.')).toMatchObject({
      name: 'OptionsError',
      option: 'input',
      message: '--input: it is missing.',
    });
  });

  test('an ElementError by its step, with the element as text and where it came from', () => {
    const place = { coordinate: 'orders.csv line 12', timestamp: 5, window: 'global', attempts: 2 };
    const error = new ElementError('Parse', { id: 1 }, 'it is wrong.', { ...place, cause });
    expect(error).toMatchObject({ name: 'ElementError', step: 'Parse', element: '{"id":1}', place, cause });
    expect(error.place).toEqual(place);
    expect('cause' in new ElementError('Parse', 1, 'it is wrong.')).toBe(false);
  });

  test('a ConnectorError by its place, and not to be tried again unless it says so', () => {
    expect(new ConnectorError('kafka', 'no answer.')).toMatchObject({ place: 'kafka', retryable: false });
    expect(new ConnectorError('kafka', 'no answer.', { retryable: true, cause })).toMatchObject({
      retryable: true,
      cause,
    });
  });

  test('a CoderError by its step', () => {
    expect(new CoderError('Group', 'no bytes.')).toMatchObject({ name: 'CoderError', step: 'Group' });
  });

  test('every class has a name of its own, for logs', () => {
    expect(new CancelledError('it was ended')).toMatchObject({ name: 'CancelledError', message: 'it was ended' });
  });
});

describe('a value is shown in a message', () => {
  class Money {
    readonly cents = 5;
  }
  const cyclic: Record<string, unknown> = {};
  cyclic['me'] = cyclic;
  const broken = Object.defineProperty({}, 'x', {
    enumerable: true,
    get() {
      throw new Error('do not look');
    },
  });
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  test.each<[string, unknown]>([
    ['"a\\nb"', 'a\nb'],
    ['1', 1],
    ['1n', 1n],
    ['NaN', Number.NaN],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['undefined', undefined],
    ['null', null],
    ['[function parse]', function parse() {}],
    ['Symbol(x)', Symbol('x')],
    ['{"id":"1n","bytes":"[3 bytes]"}', { id: 1n, bytes: new Uint8Array(3) }],
    ['{"Map":[["a",1]]}', new Map([['a', 1]])],
    ['{"Set":["a"]}', new Set(['a'])],
    ['{"cents":5}', new Money()],
    ['"1970-01-01T00:00:00.000Z"', new Date(0)],
    ['[object Object]', cyclic],
    ['[object Object]', broken],
    ["[object that can't be read]", revoked.proxy],
  ])('%s', (text, value) => {
    expect(showValue(value)).toBe(text);
  });

  test('cut after 200 characters', () => {
    const text = showValue('x'.repeat(1000));
    expect(text).toHaveLength(201);
    expect(text.endsWith('x…')).toBe(true);
  });

  test('on one line and without throwing, whatever it is', () => {
    fc.assert(
      fc.property(plainData, (value) => {
        expect(showValue(value)).toMatch(/^[^\n\r]{0,201}$/);
      }),
    );
  });
});

test('a state that only a bug reaches says that it is one', () => {
  expect(() => assert(true, 'fine')).not.toThrow();
  expect(() => assert(0, 'the stage has no entry')).toThrow(
    /^This is a bug in Viga: the stage has no entry\. Please report it/,
  );
});
