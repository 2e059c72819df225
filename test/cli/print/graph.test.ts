import { describe, expect, test } from 'vitest';
import { graphDot, graphJson, graphMermaid, graphText } from '../../../cli/print/graph-formats.ts';
import { stepNodes } from '../../../cli/print/graph-view.ts';
import { plainPaint } from '../../../cli/print/paint.ts';
import { planLines, type StageView } from '../../../cli/print/plan.ts';
import { asMap, kv, outputTag, Pipeline, ptransform, type PCollection } from '../../../model/index.ts';
import { create } from '../../../transforms/index.ts';

/** Orders with a side input, dead letters, a tagged output and a composite of two steps. */
function orders(): Pipeline {
  const p = new Pipeline();
  const rates = p.apply(create([kv('EUR', 1)]), { name: 'Rates' });
  const clean = ptransform('Clean', (input: PCollection<string>) =>
    input.map((order) => order.trim(), { name: 'Trim' }).filter((order) => order !== '', { name: 'Keep "full"' }),
  );
  const converted = p
    .apply(create(['a']), { name: 'Orders' })
    .apply(clean)
    .map((order, { sideInputs }) => `${order}${sideInputs.rates.size}`, {
      name: 'Convert',
      sideInputs: { rates: asMap(rates) },
      deadLetters: (failed) => failed.map(({ step }) => step, { name: 'Failed' }),
    });
  converted
    .parDo({
      name: 'Split',
      outputs: { odd: outputTag<string>() },
      process: (order) => [order],
    })
    .odd.map((order) => order, { name: 'Odd' });
  return p;
}

const steps = stepNodes(orders().graph);

test('the text shows composites, kinds, and where each input comes from', () => {
  expect(graphText('orders', steps, plainPaint, 200)).toEqual([
    'orders',
    '  Rates/Create   Create',
    '  Orders/Create  Create',
    '  Clean',
    '    Trim         Map     ← Orders/Create',
    '    Keep "full"  Filter  ← Clean/Trim',
    '  Convert        Map     ← Clean/Keep "full"  rates ⇠ Rates/Create',
    '  Failed         Map     ← Convert (dead letters)',
    '  Split          ParDo   ← Convert',
    '  Odd            Map     ← Split (odd)',
  ]);
});

test('Mermaid gets subgraphs, quoted labels and dotted side inputs', () => {
  expect(graphMermaid('orders', steps)).toEqual([
    '---',
    'title: "orders"',
    '---',
    'flowchart TD',
    '  subgraph g0["Rates"]',
    '    s0["Create"]',
    '  end',
    '  subgraph g1["Orders"]',
    '    s1["Create"]',
    '  end',
    '  subgraph g2["Clean"]',
    '    s2["Trim"]',
    '    s3["Keep #34;full#34;"]',
    '  end',
    '  s4["Convert"]',
    '  s5["Failed"]',
    '  s6["Split"]',
    '  s7["Odd"]',
    '  s1 --> s2',
    '  s2 --> s3',
    '  s3 --> s4',
    '  s0 -.->|"rates"| s4',
    '  s4 -->|"dead letters"| s5',
    '  s4 --> s6',
    '  s6 -->|"odd"| s7',
  ]);
});

test('Graphviz gets clusters, quoted ids and dashed side inputs', () => {
  const text = graphDot('a "graph"\\', steps);
  expect(text[0]).toBe('digraph "a \\"graph\\"\\\\" {');
  expect(text).toContain('    label="Clean";');
  expect(text).toContain('    "Clean/Keep \\"full\\"" [label="Keep \\"full\\""];');
  expect(text).toContain('  "Rates/Create" -> "Convert" [label="rates", style=dashed];');
  expect(text).toContain('  "Convert" -> "Failed" [label="dead letters"];');
  expect(text.filter((line) => line.endsWith('{'))).toHaveLength(text.filter((line) => line.endsWith('}')).length);
});

test('JSON holds each step with its inputs and outputs', () => {
  const [text = ''] = graphJson('orders', steps);
  expect(JSON.parse(text)).toMatchObject({
    pipeline: 'orders',
    steps: expect.arrayContaining([
      {
        path: 'Convert',
        kind: 'Map',
        inputs: [{ from: 'Clean/Keep "full"' }, { from: 'Rates/Create', sideInput: 'rates' }],
        outputs: ['main', 'dead letters'],
        isBounded: true,
      },
    ]),
  });
});

describe('a plan', () => {
  const stage = (changes: Partial<StageView>): StageView => ({
    id: 1,
    entryKind: 'source',
    entry: 'Read',
    entryStepKind: 'Read',
    reason: 'it reads',
    fused: [],
    waitsFor: [],
    writes: [],
    after: [],
    ...changes,
  });
  const view = { pipeline: 'p', runner: 'direct', schedule: 'batch', isDurable: false, guarantees: [] } as const;
  const print = (...stages: StageView[]) => planLines({ ...view, stages }, plainPaint, 80);

  test('of a streaming run says what a stage keeps, what its elements wait for, and what each sink is promised', () => {
    const kept = stage({
      entry: 'Count',
      entryStepKind: 'CombinePerKey',
      entryKind: 'group',
      waitsFor: ['Rates'],
      after: [1],
    });
    const guarantees = [
      { sink: 'Out', level: 'exactly-once', reasons: ['Out writes by key', 'Read can be read again'] },
    ] as const;
    const streaming = { ...view, schedule: 'streaming', guarantees, stages: [kept] } as const;
    expect(planLines({ ...streaming, isDurable: true }, plainPaint, 100)).toEqual([
      'p on the direct runner: 1 stage, all at once',
      '',
      'stage 1  Count  CombinePerKey',
      '  cut     it reads.',
      '  waits   for side inputs of Rates.',
      '  keeps   one accumulator per key and window, in the state directory with each epoch.',
      '',
      'what sinks are promised',
      '  Out  exactly-once',
      '    Out writes by key',
      '    Read can be read again',
    ]);
    expect(planLines({ ...streaming, isDurable: false }, plainPaint, 100)).toContain(
      '  keeps   one accumulator per key and window, for this run only: there is no --state-dir.',
    );
  });

  test('says of each stage why it is one, what is fused, what it writes and what it waits for', () => {
    const fused = ['Split', 'Clean/Trim', 'Clean/Keep', 'Pair'];
    expect(
      print(
        stage({ fused }),
        stage({
          id: 2,
          entry: 'Count',
          entryStepKind: 'CombinePerKey',
          entryKind: 'group',
          writes: ['Out'],
          after: [1],
        }),
      ),
    ).toEqual([
      'p on the direct runner: 2 stages',
      '',
      'stage 1  Read  Read',
      '  cut     it reads.',
      '  fused   4 steps in one function: Split, Clean/{Trim, Keep}, Pair',
      '',
      'stage 2  Count  CombinePerKey',
      '  cut     it reads.',
      '  spills  one accumulator per key and window, combined as elements arrive; on',
      '          disk beyond --memory-limit.',
      '  writes  Out',
      '  after   stage 1',
    ]);
  });

  test('says that groups and buffers spill, and sources and merges do not', () => {
    const spills = (entryKind: StageView['entryKind']) =>
      print(stage({ entryKind, entryStepKind: 'GroupByKey' })).some((line) => line.startsWith('  spills'));
    expect(['group', 'buffer', 'splittable', 'rejects'].map((kind) => spills(kind as StageView['entryKind']))).toEqual(
      Array(4).fill(true),
    );
    expect([spills('source'), spills('merge')]).toEqual([false, false]);
  });
});
