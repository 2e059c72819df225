// A user's first program, compiled and run against the packed package.
import { count, create, fixedWindows, minutes, Pipeline, type KV } from 'viga';
import { directRunner } from 'viga/runners/direct';
import { assertThat } from 'viga/testing';

const pipeline = new Pipeline();
const counts = pipeline
  .apply(create(['to', 'be', 'or', 'not', 'to', 'be'], { timestamps: [0, 1, 2, 3, 4, 5] }))
  .windowInto(fixedWindows({ size: minutes(1) }))
  .keyBy((word) => word)
  .combinePerKey(count);
const texts = counts.map(({ key, value }: KV<string, number>) => `${key} ${value}`);
assertThat(texts).containsInAnyOrder(['to 2', 'be 2', 'or 1', 'not 1']);
await pipeline.run(directRunner());
