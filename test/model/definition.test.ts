import { expect, test } from 'vitest';
import { createElements, definePipeline, Pipeline } from '../../model/index.ts';

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
