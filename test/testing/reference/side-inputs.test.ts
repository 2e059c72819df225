import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  afterCount,
  asIterable,
  asList,
  create,
  fixedWindows,
  flatten,
  globalWindows,
  outputTag,
  type PCollection,
  Pipeline,
  repeatedly,
  sum,
} from '../../../index.ts';
import { at, testStream } from '../../../testing/index.ts';
import { importsOf } from '../../house/source-text.ts';
import { root } from '../../house/tree.ts';
import { linesOf } from './evaluated.ts';

const TAGS = { main: outputTag<number>(), side: outputTag<number>() };
const inTens = fixedWindows({ size: 10 });
const besides = (main: PCollection<number>, side: PCollection<number>) =>
  main.map((n, { sideInputs }) => `${n} ${[...sideInputs.side].sort()}`, { sideInputs: { side: asIterable(side) } });

describe('side inputs', () => {
  test('an element waits until its side window has fired, and holds the watermark meanwhile', () => {
    const p = new Pipeline();
    const { main, side } = p.apply(
      testStream(TAGS)
        .addElements('main', at(3, 1), at(15, 2))
        .advanceWatermarkTo('main', 30)
        .addElements('side', at(4, 7), at(5, 8))
        .advanceWatermarkTo('side', 10)
        .advanceWatermarkToInfinity(),
    );
    const seen = besides(main.windowInto(inTens), side.windowInto(inTens));
    const sums = seen.keyBy(() => 'k').groupByKey();
    expect(linesOf(p, seen)).toEqual(['1 7,8 @3 in [0,10)', '2  @15 in [10,20)']);
    expect(linesOf(p, sums)).toEqual([
      'k: [1 7,8] @9 in [0,10) ON_TIME 0/0 first last',
      'k: [2 ] @19 in [10,20) ON_TIME 0/0 first last',
    ]);
  });

  test('a later pane takes the place of what a view held, an empty one does not (40)', () => {
    const p = new Pipeline();
    const { main, side } = p.apply(
      testStream(TAGS)
        .addElements('side', at(0, 1))
        .addElements('main', at(0, 10))
        .addElements('side', at(0, 2))
        .addElements('main', at(0, 20))
        .advanceWatermarkTo('side', 8.64e15)
        .addElements('main', at(0, 30))
        .advanceWatermarkToInfinity(),
    );
    const eachOne = { trigger: repeatedly(afterCount(1)), accumulationMode: 'discarding' } as const;
    expect(linesOf(p, besides(main, side.windowInto(globalWindows(), eachOne)))).toEqual([
      '10 1 @0 in global',
      '20 2 @0 in global',
      '30 2 @0 in global',
    ]);
  });

  test('a side input may be bounded, and is whole then', () => {
    const p = new Pipeline();
    const all = asList(p.apply(create([1, 2, 3])));
    const seen = p
      .apply(create(['x']), { name: 'Main' })
      .map((x, { sideInputs }) => `${x} ${sideInputs.all}`, { sideInputs: { all } });
    expect(linesOf(p, seen)).toEqual(['x 1,2,3 @-8640000000000000 in global']);
  });
});

test('collections that are joined are as far as the last of them', () => {
  const p = new Pipeline();
  const { main, side } = p.apply(
    testStream(TAGS)
      .addElements('main', at(1, 1))
      .advanceWatermarkTo('main', 20)
      .addElements('side', at(2, 2))
      .advanceWatermarkToInfinity(),
  );
  const sums = flatten([main.windowInto(inTens), side.windowInto(inTens, { name: 'Side' })])
    .keyBy(() => 'k')
    .combinePerKey(sum);
  expect(linesOf(p, sums)).toEqual(['k: 3 @9 in [0,10) ON_TIME 0/0 first last']);
});

test('the evaluator shares nothing with the engine, and is short enough to be believed', () => {
  const folder = path.join(root, 'testing/reference');
  const files = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
  const imported = new Set(files.flatMap(importsOf).map(({ specifier }) => specifier));
  expect([...imported].filter((one) => !one.startsWith('./'))).toEqual(['../../model/index.ts']);
  const lines = files.flatMap((text) => text.trimEnd().split('\n'));
  expect(lines.length).toBeGreaterThan(300);
  expect(lines.length).toBeLessThanOrEqual(800);
});
