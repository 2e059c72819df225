import { fixedWindows, type PCollection, write } from '../../../index.ts';
import type { LedgerTable, SimulatedProcess } from '../../../testing/simulation/index.ts';
import { type Event, MAX_OUT_OF_ORDER } from './input.ts';

/** An element as a step got it that asks for them in order of time. */
export interface SortedRow {
  readonly key: string;
  readonly window: number;
  readonly id: number;
  readonly at: number;
}

const STEP = 'In order';
const SIZE = 20_000;
/** Short enough for some to come out before the end, long enough for most to come in time. */
const LATENESS = 30_000;

/** Passes elements on in order of time, key by key: what comes when its time is over is dropped and counted. */
export function writeSorted(
  events: PCollection<Event>,
  { sorted }: { readonly sorted: LedgerTable<SortedRow> },
  process: SimulatedProcess,
): void {
  events
    .windowInto(fixedWindows({ size: SIZE }), { allowedLateness: LATENESS })
    .keyBy(({ key }) => key, { name: 'Sort by key' })
    .parDo({
      name: STEP,
      requiresTimeSortedInput: true,
      *process({ key, value: { id, at } }) {
        yield { key, window: at - (at % SIZE), id, at };
      },
    })
    .apply(write(sorted.sink(process), { name: 'To sorted' }));
}

/** What is to be known of a job whose step asked for elements in order of time. */
interface SortedJob {
  readonly rows: readonly SortedRow[];
  readonly events: readonly Event[];
  /** Whether the clock carried the watermark: then anything may have been late. */
  readonly isLive: boolean;
  /** How many elements were late, where one process has seen them all. */
  readonly droppedLate: number | undefined;
}

/** Elements of a key and window come in order of time, each once; what does not come may have been late, and is counted. */
export function sortedProblems({ rows, events, isLive, droppedLate }: SortedJob): readonly string[] {
  const good = new Map(events.filter(({ isPoison }) => !isPoison).map((event) => [event.id, event]));
  const seen = new Set<number>();
  const last = new Map<string, number>();
  const problems: string[] = [];
  for (const { key, window, id, at } of rows) {
    if (good.get(id)?.at !== at || good.get(id)?.key !== key) problems.push(`sorted: phantom ${id}`);
    if (seen.has(id)) problems.push(`sorted: duplicate ${id}`);
    seen.add(id);
    const owner = `${key} ${window}`;
    const before = last.get(owner);
    if (before !== undefined && at < before) problems.push(`sorted: ${id} of ${owner} comes after one of ${before}`);
    last.set(owner, at);
  }
  const end = events.reduce((most, { at }) => Math.max(most, at), 0) - MAX_OUT_OF_ORDER;
  const lost = isLive ? [] : [...good.values()].filter(({ id, at }) => !seen.has(id) && at + LATENESS >= end);
  problems.push(...lost.map(({ id }) => `sorted: lost ${id}, which was not late`));
  if (droppedLate !== undefined && seen.size + droppedLate !== good.size) {
    problems.push(`sorted: ${seen.size} of ${good.size} came and ${droppedLate} were late`);
  }
  return problems;
}

/** How many elements were late for that step, as a run counts them. */
export const lateForSorted = (steps: readonly { readonly step: string; readonly droppedLate: number }[]) =>
  steps.find(({ step }) => step === STEP)?.droppedLate;
