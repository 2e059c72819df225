// The jobs as a user of the published package would write them. Each returns how many results there were and a number
// that says whether they are right; both are the same as those of loops.mjs.
import { coGroupByKey, count, fixedWindows, generate, minutes, Pipeline, sum } from '../dist/index.js';
import { event, KEYS, record, sparseRecord, user } from './data.mjs';

export const jobs = {
  async wordcount({ file, runner }) {
    const { readText } = await import('../dist/io/text/index.js');
    const results = tally();
    const pipeline = new Pipeline();
    pipeline
      .apply(readText({ files: file }))
      .flatMap((line) => line.split(' '))
      .keyBy((word) => word)
      .combinePerKey(count)
      .map(({ value }) => results.add(value));
    await pipeline.run(runner);
    return results;
  },

  async groupsum({ size, runner }) {
    const results = tally();
    const pipeline = new Pipeline();
    pipeline
      .apply(generate({ count: size, element: record }))
      .combinePerKey(sum)
      .map(({ value }) => results.add(value));
    await pipeline.run(runner);
    return results;
  },

  async groupsumCsv({ file, runner }) {
    const { readCsv } = await import('../dist/io/csv/index.js');
    const results = tally();
    const pipeline = new Pipeline();
    pipeline
      .apply(readCsv({ files: file }))
      .map((row) => ({ key: row.key, value: Number(row.value) }))
      .combinePerKey(sum)
      .map(({ value }) => results.add(value));
    await pipeline.run(runner);
    return results;
  },

  async groupbykey({ size, runner }) {
    const results = tally();
    const pipeline = new Pipeline();
    pipeline
      .apply(generate({ count: size, element: sparseRecord }))
      .groupByKey()
      .map(({ value: values }) => {
        let length = 0;
        let total = 0;
        for (const value of values) {
          length++;
          total += value;
        }
        results.add(length * total);
      });
    await pipeline.run(runner);
    return results;
  },

  async chain({ size, runner }) {
    const results = tally();
    const pipeline = new Pipeline();
    pipeline
      .apply(generate({ count: size, element: (index) => index }))
      .map((n) => n + 1)
      .map((n) => n + 1)
      .map((n) => n + 1)
      .map((n) => n + 1)
      .filter((n) => n % 10 !== 3)
      .map((n) => n + 1)
      .map((n) => n + 1)
      .map((n) => n + 1)
      .map((n) => n + 1)
      .filter((n) => n % 10 !== 3)
      .map((n) => results.add(n));
    await pipeline.run(runner);
    return results;
  },

  async window({ size, runner }) {
    const results = tally();
    const pipeline = new Pipeline();
    pipeline
      .apply(generate({ count: size, element: event }))
      .withTimestamps(({ ts }) => ts)
      .windowInto(fixedWindows({ size: minutes(1) }))
      .keyBy((click) => click.user)
      .combinePerKey(count)
      .map(({ value }) => results.add(value));
    await pipeline.run(runner);
    return results;
  },

  async cogroup({ size, runner }) {
    const results = tally();
    const pipeline = new Pipeline();
    const users = pipeline.apply(generate({ count: KEYS, element: user }), { name: 'Users' }).keyBy((one) => one.key);
    const events = pipeline
      .apply(generate({ count: size, element: record }), { name: 'Events' })
      .keyBy((one) => one.key);
    coGroupByKey({ users, events }).map(({ value }) => {
      let length = 0;
      for (const _ of value.events) length++;
      results.add(length);
    });
    await pipeline.run(runner);
    return results;
  },
};

/** How many results there are and what they add up to. */
function tally() {
  return {
    out: 0,
    check: 0,
    add(value) {
      this.out++;
      this.check += value;
    },
  };
}
