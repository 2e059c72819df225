import { expect, test } from 'vitest';
import { asIterable, createElements, flatten, Pipeline, reshuffleStep, sum, valueState } from '../../../model/index.ts';
import { planBounded } from '../../../runners/plan/index.ts';

/** The stages in the order in which their roots run: entry kind, then the steps that are fused. */
function stages(p: Pipeline): readonly string[] {
  const { order, stages } = planBounded(p.graph);
  const merges = stages.filter(({ entryKind }) => entryKind === 'merge' || entryKind === 'keyed');
  return [...order, ...merges].map(({ entryKind, entryStep, steps }) =>
    [entryKind, entryStep.path, ...steps.map(({ path }) => path)].join(' '),
  );
}

test('element-wise steps fuse behind their source, and a grouping cuts', () => {
  const p = new Pipeline();
  p.apply(createElements([1]))
    .map((n) => n + 1, { name: 'Add' })
    .keyBy((n) => n, { name: 'Key' })
    .groupByKey({ name: 'Group' })
    .map((pair) => pair.key, { name: 'Keys' });
  expect(stages(p)).toEqual(['source Create/Create Add Key', 'group Group Keys']);
});

test('a flatten of one stage stays in it, and one of two stages merges them', () => {
  const p = new Pipeline();
  const a = p.apply(createElements([1]));
  flatten([a.map((n) => n, { name: 'One' }), a.map((n) => n, { name: 'Two' })], { name: 'Inside' });
  flatten([a, p.apply(createElements([2]))], { name: 'Between' }).map((n) => n, { name: 'After' });
  expect(stages(p)).toEqual([
    'source Create/Create One Two Inside',
    'source Create-2/Create',
    'merge Between Between After',
  ]);
});

test('a flatten of two stages that is only grouped runs no stage of its own', () => {
  const p = new Pipeline();
  const pairs = (n: number) => p.apply(createElements([{ key: n, value: n }]));
  flatten([pairs(1), pairs(2)], { name: 'Between' }).groupByKey({ name: 'Group' });
  expect(stages(p)).toEqual(['source Create/Create', 'source Create-2/Create', 'group Group']);
});

test('a side input of another source runs first and cuts nothing', () => {
  const p = new Pipeline();
  const main = p.apply(createElements([1]));
  const side = p.apply(createElements([2]), { name: 'Side' });
  main.map((n) => n, { name: 'Use', sideInputs: { side: asIterable(side) } });
  expect(stages(p)).toEqual(['source Side/Create', 'source Create/Create Use']);
});

test('a side input of the same source cuts its consumer off behind a buffer', () => {
  const p = new Pipeline();
  const main = p.apply(createElements([1]));
  const side = main.map((n) => n, { name: 'Side' });
  main.map((n) => n, { name: 'Use', sideInputs: { side: asIterable(side) } });
  expect(stages(p)).toEqual(['source Create/Create Side', 'buffer Use Use']);
});

test('a combined value that may be empty is looked at before the default joins it', () => {
  const p = new Pipeline();
  p.apply(createElements([1])).combineGlobally(sum, { name: 'Sum' });
  const kinds = planBounded(p.graph).order.map(({ entryStep }) => entryStep.primitive.kind);
  expect(kinds).toEqual(['Create', 'CombinePerKey', 'Impulse']);
});

test('a reshuffle cuts', () => {
  const p = new Pipeline();
  p.apply(createElements([1]))
    .apply(reshuffleStep())
    .map((n) => n, { name: 'After' });
  expect(stages(p)).toEqual(['source Create/Create', 'buffer Reshuffle/Reshuffle After']);
});

test.each([
  ['state', { state: { last: valueState<number>() } }],
  ['the end of windows', { onWindowExpiration: () => undefined }],
  ['time-sorted input', { requiresTimeSortedInput: true }],
])('a step that asks for %s begins a stage, fed by all that lead to it', (_what, asked) => {
  const p = new Pipeline();
  const pairs = (n: number) => p.apply(createElements([{ key: n, value: n }]));
  flatten([pairs(1), pairs(2)], { name: 'Both' })
    .parDo({ name: 'Remember', process: () => [1], ...asked })
    .map((n) => n, { name: 'After' });
  expect(stages(p)).toEqual(['source Create/Create', 'source Create-2/Create', 'keyed Remember Remember After']);
});

test('a step with state whose side input has the same source is cut off behind a buffer', () => {
  const p = new Pipeline();
  const pairs = p.apply(createElements([{ key: 1, value: 1 }]));
  pairs.parDo({
    name: 'Remember',
    state: { last: valueState<number>() },
    sideInputs: { all: asIterable(pairs) },
    process: () => [],
  });
  expect(stages(p)).toEqual(['source Create/Create', 'buffer Remember Remember']);
});
