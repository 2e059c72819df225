import {
  afterCount,
  afterProcessingTime,
  afterWatermark,
  asMap,
  bagState,
  type BoundedWindow,
  eventTimer,
  fixedWindows,
  type Firing,
  flatten,
  globalWindows,
  interval,
  type IntervalWindow,
  isIntervalWindow,
  millis,
  type PCollection,
  Pipeline,
  read,
  repeatedly,
  seconds,
  sessions,
  slidingWindows,
  type WindowFn,
  write,
} from '../../../index.ts';
// Loaded beforehand: a run that waits for an import would be another one when it is there already.
import 'hyparquet-writer';
import { writeJsonLines } from '../../../io/json/index.ts';
import { column, writeParquet } from '../../../io/parquet/index.ts';
import type {
  AppendLog,
  LedgerTable,
  SimulatedProcess,
  Topic,
  UpsertTable,
} from '../../../testing/simulation/index.ts';
import { ALLOWED_LATENESS, type Event, MAX_OUT_OF_ORDER } from './input.ts';
import type { PaneRow } from './rows.ts';
import { type SortedRow, writeSorted } from './sorted.ts';
import type { Shape } from './shapes.ts';

/** The systems around a job. */
export interface Surroundings {
  readonly topics: readonly Topic<Event>[];
  readonly labels: Topic<{ readonly key: string; readonly value: string }>;
  readonly table: LedgerTable<PaneRow>;
  readonly upsert: UpsertTable<PaneRow>;
  readonly append: AppendLog<PaneRow>;
  readonly failed: LedgerTable<number>;
  readonly tallies: LedgerTable<PaneRow>;
  readonly labeled: LedgerTable<{ readonly id: number; readonly label: string | undefined }>;
  /** A table that hands some of its rows back, and where those go. */
  readonly refusing: LedgerTable<number>;
  readonly refused: LedgerTable<number>;
  readonly sorted: LedgerTable<SortedRow>;
}

/** Where a job writes files of lines, and files of Parquet. */
export const OUTPUTS = { files: '/out/', parquet: '/parquet/' } as const;

export const WINDOW = seconds(10);
export const PERIOD = seconds(5);
const GAP = seconds(2);

/** The pipeline of a shape, as a process builds it. */
export function buildJob(shape: Shape, around: Surroundings, process: SimulatedProcess): Pipeline {
  const pipeline = new Pipeline();
  const topics = around.topics.map((topic) =>
    pipeline.apply(
      read(topic.source(process, { ...shape, maxOutOfOrder: MAX_OUT_OF_ORDER }), {
        name: `Read ${topic.name}`,
        isBounded: shape.isBounded,
      }),
    ),
  );
  const events = topics.length === 1 && topics[0] !== undefined ? topics[0] : flatten(topics, { name: 'Events' });
  const failures: PCollection<number>[] = [];
  const good = events.map(refusePoison, {
    name: 'Check',
    deadLetters: (failed) => void failures.push(failed.map(({ element }) => element.id, { name: 'Failed' })),
  });
  const windowed = good.windowInto(windowFn(shape), firing(shape));
  writePanes(windowed, shape, around, process);
  writeIds(good, shape);
  if (shape.isStateful) writeTallies(events, around, process, failures);
  if (shape.hasSideInput) writeLabeled(good, shape, around, process);
  if (shape.sinks.includes('refusing')) writeRefusing(good, around, process);
  if (shape.isSorted) writeSorted(good, around, process);
  flatten(failures, { name: 'Failures' }).apply(write(around.failed.sink(process), { name: 'Dead' }));
  return pipeline;
}

function refusePoison(event: Event): Event {
  if (event.isPoison) throw new Error(`event ${event.id} is bad`);
  return event;
}

function windowFn({ windows }: Shape): WindowFn<IntervalWindow> {
  if (windows === 'sessions') return sessions({ gap: GAP });
  return windows === 'fixed' ? fixedWindows({ size: WINDOW }) : slidingWindows({ size: WINDOW, period: PERIOD });
}

function firing({ trigger, mode }: Shape): Firing {
  const always = { allowedLateness: ALLOWED_LATENESS } as const;
  if (trigger === 'default') return always;
  if (trigger === 'late') {
    return { ...always, trigger: afterWatermark({ late: afterCount(1) }), accumulationMode: mode };
  }
  if (trigger === 'count') return { ...always, trigger: repeatedly(afterCount(3)), accumulationMode: mode };
  const early = afterProcessingTime({ delay: millis(300) });
  return { ...always, trigger: afterWatermark({ early, late: afterCount(2) }), accumulationMode: mode };
}

function writePanes(
  windowed: PCollection<Event>,
  { sinks, slow, concurrency }: Shape,
  around: Surroundings,
  process: SimulatedProcess,
): void {
  const quick = windowed
    .keyBy(({ key }) => key, { name: 'By key' })
    .groupByKey({ name: 'Group' })
    .map(
      ({ key, value }, { window, pane }): PaneRow => ({
        key,
        ...boundsOf(window),
        pane: pane.index,
        timing: pane.timing,
        isFirst: pane.isFirst,
        isLast: pane.isLast,
        ids: [...value].map(({ id }) => id),
      }),
      { name: 'Rows' },
    );
  // Late elements come while it is at work.
  const rows = slow === 0 ? quick : quick.map((row) => process.after(slow, row), { name: 'Slow', concurrency });
  if (sinks.includes('table')) rows.apply(write(around.table.sink(process), { name: 'To table' }));
  if (sinks.includes('upsert')) rows.apply(write(around.upsert.sink(process), { name: 'To upserts' }));
  if (sinks.includes('append')) rows.apply(write(around.append.sink(process), { name: 'To log' }));
}

/** Files are whole panes, so those that repeat what was there would have it twice. */
function writeIds(good: PCollection<Event>, shape: Shape): void {
  const { sinks } = shape;
  if (!sinks.includes('files') && !sinks.includes('parquet')) return;
  const ids = good
    .windowInto(windowFn(shape), firing({ ...shape, mode: 'discarding' }))
    .map(({ id, key }) => ({ id, key }), { name: 'Ids' });
  if (sinks.includes('files')) ids.apply(writeJsonLines({ name: 'To files', files: OUTPUTS.files }));
  if (!sinks.includes('parquet')) return;
  const columns = { id: column.int32(), key: column.string() };
  ids.apply(writeParquet({ name: 'To Parquet', files: OUTPUTS.parquet, columns, perPane: true }));
}

/** Collects in state what comes for a key and window, and gives it out by timers. A call that fails leaves no trace. */
function writeTallies(
  events: PCollection<Event>,
  around: Surroundings,
  process: SimulatedProcess,
  failures: PCollection<number>[],
): void {
  events
    .windowInto(fixedWindows({ size: WINDOW }), { allowedLateness: ALLOWED_LATENESS })
    .keyBy(({ key }) => key, { name: 'Tally by key' })
    .parDo({
      name: 'Tally',
      state: { ids: bagState<number>() },
      timers: { due: eventTimer() },
      process({ value: event }, { state, timers, window }) {
        state.ids.add(event.id);
        timers.due.set(window.maxTimestamp);
        refusePoison(event);
      },
      onTimer: {
        *due({ key, state, window }) {
          yield tallyOf(key, window, [...state.ids.read()]);
          state.ids.clear();
        },
      },
      deadLetters(failed) {
        const ids = failed.map(({ element }) => element.value.id, { name: 'Failed tallies' });
        failures.push(ids.windowInto(globalWindows()));
      },
    })
    .apply(write(around.tallies.sink(process), { name: 'To tallies' }));
}

const tallyOf = (key: string, window: BoundedWindow, ids: readonly number[]): PaneRow => ({
  key,
  ...boundsOf(window),
  pane: 0,
  timing: 'UNKNOWN',
  isFirst: false,
  isLast: false,
  ids,
});

/** Labels come from a topic of their own, and elements wait for it. */
function writeLabeled(
  events: PCollection<Event>,
  { isLive, tellsRemaining, batch }: Shape,
  around: Surroundings,
  process: SimulatedProcess,
): void {
  const options = { isLive, tellsRemaining, batch, maxOutOfOrder: 0 };
  const labels = events.pipeline.apply(read(around.labels.source(process, options), { name: 'Labels' }));
  events
    .map(({ id, key }, { sideInputs }) => ({ id, label: sideInputs.labels.get(key) }), {
      name: 'Label',
      sideInputs: { labels: asMap(labels) },
    })
    .apply(write(around.labeled.sink(process), { name: 'To labeled' }));
}

/** What the table hands back of a durable epoch goes to the dead letters. */
function writeRefusing(events: PCollection<Event>, around: Surroundings, process: SimulatedProcess): void {
  events
    .map(({ id }) => id, { name: 'Refusable' })
    .apply(
      write(around.refusing.sink(process), {
        name: 'To refusing',
        deadLetters: (failed) =>
          failed
            .map(({ element }) => element, { name: 'Refused' })
            .apply(write(around.refused.sink(process), { name: 'To refused' })),
      }),
    );
}

function boundsOf(window: BoundedWindow): { readonly from: number; readonly to: number } {
  const { start, end } = isIntervalWindow(window) ? window : interval(0, 0);
  return { from: start, to: end };
}
