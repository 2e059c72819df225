import { expect, test } from 'vitest';
import { compileFunction } from '../../model/compile-function.ts';

const mayGenerate = process.env['VIGA_CODEGEN'] !== 'off';

test.runIf(mayGenerate)('text becomes a function of its parameters', () => {
  expect(compileFunction(['a', 'b'], 'return a + b;')?.(1, 2)).toBe(3);
});

test.runIf(mayGenerate)('equal texts become functions of their own, which V8 optimizes apart', () => {
  const make = () => compileFunction(['a'], 'return a;');
  expect(make()).not.toBe(make());
  expect(String(make())).not.toBe(String(make()));
});

test.runIf(mayGenerate)('text that is no program is an error, not taken for a platform that forbids code', () => {
  expect(() => compileFunction([], 'return (')).toThrow(SyntaxError);
});

test.runIf(!mayGenerate)('where the platform forbids code there is no function', () => {
  expect(() => Reflect.construct(Function, ['return 1'])).toThrow(EvalError);
  expect(compileFunction([], 'return 1;')).toBeUndefined();
});
