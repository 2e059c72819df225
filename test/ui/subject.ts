import {
  asMap,
  kv,
  type LiveStats,
  Pipeline,
  type Progress,
  ptransform,
  type PCollection,
  type StepStats,
} from '../../model/index.ts';
import { create } from '../../transforms/index.ts';
import type { PageSubject } from '../../ui/index.ts';

/** Markup that would be a script, where it is not escaped. */
export const EVIL = `<img src=x onerror="document.title='taken'">&'`;

/** A pipeline with a composite of two steps, a side input, and a step whose name is markup. */
export function subject(): PageSubject {
  const p = new Pipeline();
  const rates = p.apply(create([kv('EUR', 1)]), { name: 'Rates' });
  const clean = ptransform('Clean', (input: PCollection<string>) =>
    input.map((order) => order.trim(), { name: 'Trim' }).filter((order) => order !== '', { name: 'Full' }),
  );
  p.apply(create(['a']), { name: 'Orders' })
    .apply(clean)
    .map((order) => order, { name: EVIL, sideInputs: { rates: asMap(rates) } });
  return {
    pipeline: `orders ${EVIL}`,
    runner: 'direct',
    graph: p.graph,
    promises: [{ sink: `Write ${EVIL}`, level: 'exactly-once', reasons: ['it writes by key'] }],
  };
}

/** A chain of so many steps in composites of ten. */
export function large(steps: number): PageSubject {
  const p = new Pipeline();
  const ten = (n: number) =>
    ptransform(`Part ${n}`, (input: PCollection<string>) =>
      Array.from({ length: 10 }).reduce<PCollection<string>>(
        (collection, _, step) => collection.map((one) => one, { name: `Step ${step}` }),
        input,
      ),
    );
  let collection = p.apply(create(['a']), { name: 'Start' });
  for (let n = 0; n < steps / 10; n++) collection = collection.apply(ten(n));
  return { pipeline: 'large', runner: 'direct', graph: p.graph, promises: [] };
}

/** What a run tells of the steps after a time, each of which has had `elements`. */
export function progressOf(
  { graph }: PageSubject,
  elapsedMs: number,
  elements: number,
  live?: Partial<LiveStats>,
): Progress {
  const steps = graph.steps.map(
    ({ path, primitive }): StepStats => ({
      step: path,
      kind: primitive.kind,
      elementsIn: elements,
      elementsOut: elements,
      failed: 0,
      droppedLate: 0,
      droppedClosed: 0,
      bytes: 0,
      ...(live === undefined
        ? {}
        : {
            live: {
              inputWatermark: 0,
              outputWatermark: 0,
              heldBy: undefined,
              waiting: 0,
              stateBytes: 0,
              ...live,
            },
          }),
    }),
  );
  return { steps, elapsedMs, bytesRead: 0, bytesTotal: undefined };
}
