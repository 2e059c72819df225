import type { Graph, Replay, SinkGuarantee, Step } from '../../model/index.ts';
import { sideInputsOf } from '../plan/index.ts';

/** What a sink's content is worth after crashes and restarts, from the best to the least. */
export type GuaranteeLevel = 'exactly-once' | 'exactly-once-while-acknowledged' | 'at-least-once' | 'best-effort';

const LEVELS: readonly GuaranteeLevel[] = [
  'exactly-once',
  'exactly-once-while-acknowledged',
  'at-least-once',
  'best-effort',
];

/** The guarantee of one sink, and where it comes from. */
export interface PathGuarantee {
  readonly sink: string;
  readonly level: GuaranteeLevel;
  /** In sentences: what decided it. */
  readonly reasons: readonly string[];
}

/** What a sink of a class has, if its sources can give everything again. */
const OF_SINK: Readonly<Record<SinkGuarantee, readonly [GuaranteeLevel, string]>> = {
  transactional: ['exactly-once', 'writes each epoch in one transaction with a row of its own ledger'],
  'atomic-publish': ['exactly-once', 'publishes what was staged under names that are the same each time'],
  idempotent: ['exactly-once', 'writes by key, so that writing again changes nothing'],
  append: ['at-least-once', 'appends, and can not tell what it has already'],
};

const OF_SOURCE: Readonly<Record<Replay, readonly [GuaranteeLevel, string]>> = {
  'by-position': ['exactly-once', 'can be read again from any position'],
  'until-acknowledged': [
    'exactly-once-while-acknowledged',
    'gives again what was not acknowledged, for as long as it keeps it',
  ],
  none: ['best-effort', 'can not be read again'],
};

/**
 * What each sink of a pipeline is promised: the least of its own class, of its sources, and of whether the run keeps state.
 *
 * It speaks of each sink by itself: two sinks commit one after the other.
 */
export function guaranteesOf(graph: Graph, isDurable: boolean): readonly PathGuarantee[] {
  const byPath = new Map(graph.steps.map((step) => [step.path, step]));
  return graph.steps.flatMap((step) => {
    const { primitive, path } = step;
    if (primitive.kind !== 'Write') return [];
    const [own, why] = OF_SINK[primitive.sink.guarantee];
    const found: [GuaranteeLevel, string][] = [[own, `${path} ${why}`]];
    for (const source of sourcesOf(step, byPath)) {
      const [level, reason] = OF_SOURCE[replayOf(source)];
      found.push([level, `${source.path} ${reason}`]);
    }
    if (!isDurable)
      found.push(['best-effort', 'nothing is kept from one run to the next: there is no state directory']);
    const least = Math.max(...found.map(([level]) => LEVELS.indexOf(level)));
    const level = LEVELS[least] ?? 'best-effort';
    const reasons = found.filter(([one]) => least === 0 || one === level).map(([, reason]) => reason);
    return [{ sink: path, level, reasons }];
  });
}

/** Whether a level is at least as good as another. */
export const isAtLeast = (level: GuaranteeLevel, least: GuaranteeLevel): boolean =>
  LEVELS.indexOf(level) <= LEVELS.indexOf(least);

function replayOf({ primitive }: Step): Replay {
  if (primitive.kind === 'Read') return primitive.source.replay ?? 'by-position';
  if (primitive.kind === 'SplittableParDo') return primitive.reader.replay ?? 'by-position';
  return 'by-position';
}

/** The steps that read something, whatever leads from them to a step, side inputs included. */
function sourcesOf(step: Step, byPath: ReadonlyMap<string, Step>): readonly Step[] {
  const seen = new Set<Step>();
  const visit = (one: Step): void => {
    if (seen.has(one)) return;
    seen.add(one);
    const sides = Object.values(sideInputsOf(one)).map(({ collection }) => collection);
    for (const input of [...one.inputs, ...sides]) {
      const producer = byPath.get(input.producer);
      if (producer !== undefined) visit(producer);
    }
  };
  visit(step);
  return [...seen].filter(({ primitive: { kind } }) => kind === 'Read' || kind === 'SplittableParDo');
}
