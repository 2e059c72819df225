import { MIN_TIMESTAMP } from '../../../model/index.ts';
import { AppendLog, Chance, LedgerTable, Topic, UpsertTable, type World } from '../../../testing/simulation/index.ts';
import { expectedOf, type Expected } from './expected.ts';
import { fileProblems } from './file-checks.ts';
import { drawRecords, LABELS } from './input.ts';
import type { Surroundings } from './pipeline.ts';
import { IdSets, type PaneRow, sequenceProblems } from './rows.ts';
import type { Shape } from './shapes.ts';

/** A job with its surroundings in a world, and what should come out of it. */
export class Job {
  readonly shape: Shape;
  readonly around: Surroundings;
  readonly #world: World;
  readonly #expected: Expected;

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
    };
    this.#expected = expectedOf(
      shape,
      topics.flatMap(({ records }) => records.map(({ value }) => value)),
    );
  }

  /** What is wrong at any moment: what may not even be seen for a while. */
  problems(): string[] {
    const { around } = this;
    const systems = [...around.topics, around.labels, around.table, around.failed, around.tallies, around.labeled];
    return systems
      .flatMap(({ problems }) => problems)
      .concat(fileProblems(this.#world, this.shape, this.#expected, false));
  }

  /** What is wrong when the job has finished. */
  finalProblems(): string[] {
    const { around, shape } = this;
    const { sinks, isStateful, hasSideInput } = shape;
    const problems = this.problems();
    if (sinks.includes('table')) {
      const rows = around.table.rows.map(({ row }) => row);
      problems.push(...this.#paneProblems(rows, 'table'), ...sequenceProblems(rows, 'table'));
    }
    if (sinks.includes('upsert')) {
      problems.push(
        ...this.#paneProblems(
          [...around.upsert.rows.values()].map(({ row }) => row),
          'upsert',
        ),
      );
    }
    if (sinks.includes('append')) problems.push(...this.#appendProblems());
    if (sinks.includes('files')) problems.push(...fileProblems(this.#world, shape, this.#expected, true));
    problems.push(...this.#failedProblems(), ...this.#finalizationProblems());
    if (isStateful) problems.push(...this.#tallyProblems());
    if (hasSideInput) problems.push(...this.#labelProblems());
    return problems;
  }

  #paneProblems(rows: readonly PaneRow[], what: string): string[] {
    return contentOf(rows, this.shape).differences(this.#expected.panes, what);
  }

  /** Nothing is lost; what is there twice is of an epoch that was in doubt. */
  #appendProblems(): string[] {
    const { rows, attempts } = this.around.append;
    const { shape } = this;
    const once = new Map(rows.map(({ row, epoch }) => [`${epoch} ${nameOf(row)}`, row]));
    const certain = rows.filter(({ epoch }) => (attempts.get(epoch) ?? 0) <= 1);
    return [
      ...contentOf([...once.values()], shape).differences(this.#expected.panes, 'append'),
      ...sequenceProblems([...once.values()], 'append'),
      ...repeated(certain.map(({ row }) => nameOf(row))).map(
        (row) => `append: duplicate ${row} of an epoch that was not in doubt`,
      ),
    ];
  }

  /** Without faults what was read is finalized up to the end, where the reader can say how far it was. */
  #finalizationProblems(): string[] {
    const { topics } = this.around;
    if (!this.shape.tellsRemaining || this.#world.coverage.faults > 0) return [];
    return topics.flatMap(({ name, finalized, partitions }) =>
      finalized.flatMap((upTo, partition) => {
        const end = partitions[partition]?.length;
        return upTo === end ? [] : [`${name}/${partition} is finalized up to ${upTo} of ${end}`];
      }),
    );
  }

  #failedProblems(): string[] {
    const failed = new IdSets();
    failed.add(
      'failed',
      this.around.failed.rows.map(({ row }) => row),
    );
    return failed.differences(this.#expected.failed, 'dead letters');
  }

  #tallyProblems(): string[] {
    const tallies = new IdSets();
    for (const { row } of this.around.tallies.rows) tallies.add(`${row.key} ${row.from}`, row.ids);
    return tallies.differences(this.#expected.tallies, 'tallies');
  }

  #labelProblems(): string[] {
    const labeled = new IdSets();
    for (const { row } of this.around.labeled.rows) labeled.add(String(row.label), [row.id]);
    return labeled.differences(this.#expected.labeled, 'labeled');
  }
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
export const ownerOf = ({ key, from }: Pick<PaneRow, 'key' | 'from'>, { windows }: Shape): string =>
  windows === 'sessions' ? key : `${key} ${from}`;

const upsertKey = (row: PaneRow, { mode }: Shape): string =>
  mode === 'accumulating' ? `${row.key} ${row.from} ${row.to}` : nameOf(row);

const nameOf = ({ key, from, to, pane }: PaneRow): string => `${key} ${from} ${to} ${pane}`;

const repeated = (names: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return names.filter((name) => seen.size === seen.add(name).size);
};
