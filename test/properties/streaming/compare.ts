// Runs a pipeline on the engine and puts what came out beside what the evaluator says.
import { nodeHost } from '../../../host/index.ts';
import type { Host, PCollection, Runner } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { evaluate } from '../../../testing/reference/index.ts';
import { formatElement } from '../../testing/reference/evaluated.ts';
import type { Built } from './build.ts';

/** What came out: lines by collection, and how many elements each step dropped. */
export interface Outcome {
  readonly lines: readonly (readonly string[])[];
  readonly drops: Readonly<Record<string, number>>;
}

const totalsOf = (drops: readonly (readonly [step: string, counts: readonly number[]])[]): Outcome['drops'] =>
  Object.fromEntries(
    drops.map(([step, counts]) => [step, counts.reduce((sum, count) => sum + count, 0)] as const).sort(),
  );

export function expected({ pipeline, collections }: Built): Outcome {
  const { elements, drops } = evaluate(pipeline.graph);
  const steps = Object.entries(Object.groupBy(drops, ({ step }) => step));
  return {
    lines: collections.map((collection) => (elements.get(collection) ?? []).map(formatElement).sort()),
    drops: totalsOf(steps.map(([step, all]) => [step, all?.map(() => 1) ?? []])),
  };
}

/** A host that is in no hurry to be silent: it tells of each dropped element, with how many there were. */
export function listening(drops: Drops, host: Host = nodeHost()): Host {
  let elapsed = 0;
  const monotonic = (): number => {
    elapsed += 100_000;
    return elapsed;
  };
  const warn = (message: string): void => {
    const [, step, count, why] =
      /^(.*): (an element|\d+ elements) came after (the trigger|i|t).* dropped/.exec(message) ?? [];
    if (step !== undefined)
      drops[step] = {
        ...drops[step],
        [why === 'the trigger' ? 'finished' : 'late']: Number.parseInt(count ?? '') || 1,
      };
    else if (message.includes('dropped'))
      throw new TypeError(`This may tell of dropped elements, but how many? ${message}`);
  };
  return { ...host, clock: Object.assign(Object.create(host.clock), { monotonic }), warn };
}

/** How many elements each step has dropped, by the reason that it gave. */
type Drops = Record<string, Readonly<Record<string, number>>>;

/** Notes each element of a collection, in each of its windows. */
export function record<T>(collection: PCollection<T>): string[] {
  const lines: string[] = [];
  collection.map(
    (value, { timestamp, window, pane }) => void lines.push(formatElement({ value, timestamp, window, pane })),
  );
  return lines;
}

export async function actual(
  { pipeline, collections }: Built,
  runner: (host: Host) => Runner = (host) => directRunner({ host }),
): Promise<Outcome> {
  const lines = collections.map(record);
  const drops: Drops = {};
  await pipeline.run(runner(listening(drops)));
  return {
    lines: lines.map((one) => [...one].sort()),
    drops: totalsOf(Object.entries(drops).map(([step, byReason]) => [step, Object.values(byReason)])),
  };
}
