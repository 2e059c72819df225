// A pipeline with a command line of its own: `node examples/12-command-line.ts --help` shows its options.
import { count, definePipeline, largest } from 'viga';
import { runIfMain } from 'viga/cli';
import { readText } from 'viga/io/text';
import { writeCsv } from 'viga/io/csv';

const pipeline = definePipeline({
  name: 'frequent-words',
  describe: 'Writes the most frequent words of text files.',
  options: {
    input: { type: 'string', default: 'LICENSE', describe: 'Which files are read.' },
    output: { type: 'string', default: 'out/examples/words.csv', describe: 'Where the words go.' },
    top: { type: 'number', default: 3, describe: 'How many words.' },
  },
  // Depends on its arguments only, as it is called again wherever the pipeline runs.
  build(p, { input, output, top }) {
    p.apply(readText({ files: input }))
      .flatMap((line) => line.toLowerCase().match(/[a-z]+/g) ?? [])
      .keyBy((word) => word)
      .combinePerKey(count)
      .map(({ key: word, value: times }) => ({ word, times }))
      .combineGlobally(largest(top, (a, b) => a.times - b.times || (a.word < b.word ? 1 : -1)))
      .flatMap((best) => best)
      .apply(writeCsv({ files: output }));
  },
});

export default pipeline;

await runIfMain(import.meta, pipeline);
