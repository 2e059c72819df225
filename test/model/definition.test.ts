import { expect, test } from 'vitest';
import { createElements, definePipeline, type OptionSpec, Pipeline } from '../../model/index.ts';

const wordCount = definePipeline({
  name: 'word-count',
  describe: 'Counts words.',
  options: {
    input: { type: 'string', demandOption: true },
    top: { type: 'number' },
  },
  build(pipeline, options) {
    const words = pipeline.apply(createElements([options.input, options.jobName]));
    if (options.top !== undefined) words.filter((word) => word.length > 0, { name: `Top ${options.top}` });
  },
});

const pathsWith = (options: Parameters<typeof wordCount.build>[1]): readonly string[] => {
  const pipeline = new Pipeline();
  void wordCount.build(pipeline, options);
  return pipeline.graph.steps.map((step) => step.path);
};

test('a definition keeps its name, description and table of options', () => {
  expect(wordCount).toMatchObject({ name: 'word-count', describe: 'Counts words.' });
  expect(Object.keys(wordCount.options)).toEqual(['input', 'top']);
});

test('a definition without options has an empty table', () => {
  expect(definePipeline({ name: 'bare', build() {} })).toMatchObject({ options: {}, describe: undefined });
});

test('the same options build the same graph each time, on whatever pipeline', () => {
  const options = { input: 'a', top: 3, runner: 'direct', jobName: 'j' };
  expect(pathsWith(options)).toEqual(['Create/Create', 'Top 3']);
  expect(pathsWith(options)).toEqual(pathsWith(options));
  expect(pathsWith({ ...options, top: undefined })).toEqual(['Create/Create']);
});

test('a field of an option that does not exist is refused, with those that do', () => {
  const required = { type: 'string', required: true } as const;
  expect(() => definePipeline({ name: 'words', options: { input: required }, build() {} })).toThrow(
    /^words: its option input has required, which options don't\..*demandOption: true\.$/,
  );
});

test('a default of another type than the option is refused', () => {
  const define = (option: OptionSpec) => () => definePipeline({ name: 'words', options: { top: option }, build() {} });
  expect(define({ type: 'number', default: '3' })).toThrow(
    /^words: its option top has the default "3", which is no number/,
  );
  expect(define({ array: true, default: ['a', 1] })).toThrow(/which is no list of strings/);
  expect(define({ array: true, default: 'a' })).toThrow(/the default "a", which is no list of strings/);
  expect(define({ type: 'number', default: undefined })).not.toThrow();
  expect(define({ type: 'string', array: true, default: ['a'] })).not.toThrow();
});
