import { MIN_TIMESTAMP, type PipelineResult } from '../../../model/index.ts';
import { AppendLog, Chance, LedgerTable, Topic, UpsertTable, type World } from '../../../testing/simulation/index.ts';
import { type Expected, expectedOf } from './expected.ts';
import { fileProblems, idsInFiles } from './file-checks.ts';
import { drawRecords, type Event, isRefused, LABELS } from './input.ts';
import type { Surroundings } from './pipeline.ts';
import { IdSets, type PaneRow, sequenceProblems } from './rows.ts';
import type { Shape } from './shapes.ts';
import { lateForSorted, sortedProblems } from './sorted.ts';

/** A job with its surroundings in a world, and what should come out of it. */
export class Job {
  readonly shape: Shape;
  readonly around: Surroundings;
  readonly #world: World;
  readonly #events: readonly Event[];

  constructor(world: World, shape: Shape) {
    this.#world = world;
    this.shape = shape;
    const chance = new Chance(world.seed, 'input');
    const topics = Array.from(
      { length: shape.topics },
      (_, number) => new Topic(world, `events-${number}`, drawRecords(shape, chance, number)),
    );
    const labels = LABELS.map((value) => ({ value, timestamp: MIN_TIMESTAMP, there: 100 }));
    this.around = {
      topics,
      labels: new Topic(world, 'labels', [labels]),
      table: new LedgerTable(world, 'table'),
      upsert: new UpsertTable('upsert', (row) => upsertKey(row, shape)),
      append: new AppendLog('append'),
      failed: new LedgerTable(world, 'failed'),
      tallies: new LedgerTable(world, 'tallies'),
      labeled: new LedgerTable(world, 'labeled'),
      refusing: new LedgerTable(world, 'refusing', isRefused),
      refused: new LedgerTable(world, 'refused'),
      sorted: new LedgerTable(world, 'sorted'),
    };
    this.#events = topics.flatMap(({ records }) => records.map(({ value }) => value));
  }

  /** What is wrong at any moment: what may not even be seen for a while. */
  async problems(): Promise<readonly string[]> {
    const { around } = this;
    const { topics, labels, table, failed, tallies, labeled, refusing, refused, sorted } = around;
    const systems = [...topics, labels, table, failed, tallies, labeled, refusing, refused, sorted];
    return systems.flatMap(({ problems }) => problems).concat(await fileProblems(this.#world, this.shape, undefined));
  }

  /** What is wrong when the job has finished. `steps` are those of the run where one process has done it all. */
  async finalProblems(steps: PipelineResult['steps'] | undefined): Promise<readonly string[]> {
    const { around, shape } = this;
    const { sinks, isStateful, hasSideInput, isSorted } = shape;
    const problems = [...(await this.problems())];
    const read = await this.#readEvents(problems);
    const expected = expectedOf(shape, read);
    if (sinks.includes('table')) {
      const rows = around.table.rows.map(({ row }) => row);
      problems.push(...this.#paneProblems(rows, 'table', expected), ...sequenceProblems(rows, 'table'));
    }
    if (sinks.includes('upsert')) {
      const rows = [...around.upsert.rows.values()].map(({ row }) => row);
      problems.push(...this.#paneProblems(rows, 'upsert', expected));
    }
    if (sinks.includes('append')) problems.push(...this.#appendProblems(expected));
    problems.push(...(await fileProblems(this.#world, shape, expected)));
    problems.push(...this.#failedProblems(expected), ...this.#finalizationProblems(read));
    if (isStateful) problems.push(...this.#tallyProblems(expected));
    if (hasSideInput) problems.push(...this.#labelProblems(expected));
    if (sinks.includes('refusing')) problems.push(...this.#refusalProblems(expected));
    if (isSorted) {
      const rows = around.sorted.rows.map(({ row }) => row);
      const droppedLate = steps && lateForSorted(steps);
      problems.push(...sortedProblems({ rows, events: read, isLive: shape.isLive, droppedLate }));
    }
    return problems;
  }

  /**
   * What the job has read: all, or, where it was drained, of each partition what comes before some place. No output has
   * anything from behind that place, and what was finalized is before it.
   */
  async #readEvents(problems: string[]): Promise<readonly Event[]> {
    if (!this.shape.isEndless) return this.#events;
    const { topics, failed, tallies, labeled, table, upsert, append, refusing, refused, sorted } = this.around;
    const rows = [table.rows, append.rows, tallies.rows, [...upsert.rows.values()]].flat();
    const found = new Set([
      ...rows.flatMap(({ row }) => row.ids),
      ...[...failed.rows, ...refusing.rows, ...refused.rows].map(({ row }) => row),
      ...[...labeled.rows, ...sorted.rows].map(({ row }) => row.id),
      ...(await idsInFiles(this.#world, this.shape)),
    ]);
    return topics.flatMap(({ name, partitions, finalized }) =>
      partitions.flatMap((records, partition) => {
        const end = records.findLastIndex(({ value }) => found.has(value.id)) + 1;
        const told = finalized[partition] ?? 0;
        if (told > end) problems.push(`${name}/${partition} is finalized up to ${told}, and ${end} of it came out`);
        return records.slice(0, end).map(({ value }) => value);
      }),
    );
  }

  #paneProblems(rows: readonly PaneRow[], what: string, { panes }: Expected): string[] {
    return contentOf(rows, this.shape).differences(panes, what);
  }

  /** Nothing is lost; what is there twice is of an epoch that was in doubt. */
  #appendProblems({ panes }: Expected): string[] {
    const { rows, attempts } = this.around.append;
    const { shape } = this;
    const once = new Map(rows.map(({ row, epoch }) => [`${epoch} ${nameOf(row)}`, row]));
    const certain = rows.filter(({ epoch }) => (attempts.get(epoch) ?? 0) <= 1);
    return [
      ...contentOf([...once.values()], shape).differences(panes, 'append'),
      ...sequenceProblems([...once.values()], 'append'),
      ...repeated(certain.map(({ row }) => nameOf(row))).map(
        (row) => `append: duplicate ${row} of an epoch that was not in doubt`,
      ),
    ];
  }

  /** Without faults what was read is finalized, up to its end, where the reader can say how far it was. */
  #finalizationProblems(read: readonly Event[]): string[] {
    const { topics } = this.around;
    if (!this.shape.tellsRemaining || this.#world.coverage.faults > 0) return [];
    const ids = new Set(read.map(({ id }) => id));
    return topics.flatMap(({ name, finalized, partitions }) =>
      finalized.flatMap((upTo, partition) => {
        const end = partitions[partition]?.filter(({ value }) => ids.has(value.id)).length;
        return upTo === end ? [] : [`${name}/${partition} is finalized up to ${upTo} of ${end}`];
      }),
    );
  }

  #failedProblems({ failed }: Expected): string[] {
    return idsOf(this.around.failed, 'failed').differences(failed, 'dead letters');
  }

  /** What the sink took and what it handed back, each once. */
  #refusalProblems({ refusing, refused }: Expected): string[] {
    return [
      ...idsOf(this.around.refusing, 'all').differences(refusing, 'refusing'),
      ...idsOf(this.around.refused, 'all').differences(refused, 'refused'),
    ];
  }

  #tallyProblems(expected: Expected): string[] {
    const tallies = new IdSets();
    for (const { row } of this.around.tallies.rows) tallies.add(`${row.key} ${row.from}`, row.ids);
    return tallies.differences(expected.tallies, 'tallies');
  }

  #labelProblems(expected: Expected): string[] {
    const labeled = new IdSets();
    for (const { row } of this.around.labeled.rows) labeled.add(String(row.label), [row.id]);
    return labeled.differences(expected.labeled, 'labeled');
  }
}

function idsOf({ rows }: LedgerTable<number>, owner: string): IdSets {
  const sets = new IdSets();
  sets.add(
    owner,
    rows.map(({ row }) => row),
  );
  return sets;
}

/** What panes say in the end: all of discarding ones together, of accumulating ones the last. */
function contentOf(rows: readonly PaneRow[], shape: Shape): IdSets {
  const content = new IdSets();
  const counted =
    shape.mode === 'discarding' ? rows : [...new Map(rows.map((row) => [ownerOf(row, shape), row])).values()];
  for (const row of counted) content.add(ownerOf(row, shape), row.ids);
  return content;
}

/** Whose the ids of a row are. A session has other bounds in each of its panes. */
const ownerOf = ({ key, from }: Pick<PaneRow, 'key' | 'from'>, { windows }: Shape): string =>
  windows === 'sessions' ? key : `${key} ${from}`;

const upsertKey = (row: PaneRow, { mode }: Shape): string =>
  mode === 'accumulating' ? `${row.key} ${row.from} ${row.to}` : nameOf(row);

const nameOf = ({ key, from, to, pane }: PaneRow): string => `${key} ${from} ${to} ${pane}`;

const repeated = (names: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return names.filter((name) => seen.size === seen.add(name).size);
};
