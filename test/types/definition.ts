import { create, definePipeline, type OptionValues, type PipelineDefinition } from 'viga';
import { expectType } from './expect-type.ts';

// The table of options is the type of the options; choices need no `as const`.
const wordCount = definePipeline({
  name: 'word-count',
  options: {
    input: { type: 'string', demandOption: true, describe: 'Glob of text files to read.' },
    output: { type: 'string', default: 'counts', describe: 'Prefix of the result files.' },
    format: { choices: ['text', 'json'], default: 'text' },
    level: { choices: ['low', 'high'] },
    top: { type: 'number', describe: 'Keep only the most frequent words.' },
    dry: { type: 'boolean', default: false },
    also: { type: 'string', array: true, demandOption: true },
    sizes: { type: 'number', array: true },
  },
  build(pipeline, options) {
    expectType<string>()(options.input);
    expectType<string>()(options.output);
    expectType<'text' | 'json'>()(options.format);
    expectType<'low' | 'high' | undefined>()(options.level);
    expectType<number | undefined>()(options.top);
    expectType<boolean>()(options.dry);
    expectType<readonly string[]>()(options.also);
    expectType<readonly number[] | undefined>()(options.sizes);
    // The standard ones are there as well.
    expectType<string>()(options.runner);
    expectType<string>()(options.jobName);
    // @ts-expect-error: not in the table
    void options.inptu;
    pipeline.apply(create([options.input]));
  },
});
expectType<string>()(wordCount.name);
const anyDefinition: PipelineDefinition<typeof wordCount.options> = wordCount;
void anyDefinition;

// A table can be named and its values passed on.
const table = { input: { type: 'string', demandOption: true }, top: { type: 'number' } } as const;
expectType<{ readonly input: string; readonly top: number | undefined }>()({} as OptionValues<typeof table>);

// Options may be left out, and building may wait.
definePipeline({ name: 'bare', build: async (pipeline) => void pipeline.apply(create([1])) });
// @ts-expect-error: there is no such type of option
definePipeline({ name: 'odd', options: { when: { type: 'date' } }, build() {} });
// @ts-expect-error: a pipeline has a name
definePipeline({ build() {} });
