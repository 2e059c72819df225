import { fixedWindows, type IntervalWindow, millis, minutes, Pipeline, type PCollection } from '../../../index.ts';
import { readJsonLines } from '../../../io/json/index.ts';
import { readLog } from '../../../io/log/index.ts';
import { column, writeParquet } from '../../../io/parquet/index.ts';
import { writeSqlite } from '../../../io/sqlite/index.ts';
import { type Event, MAX_OUT_OF_ORDER } from './input.ts';
import { GROUP, type JobName, type Places, TABLE, TOPIC } from './places.ts';

/** After so many elements a job rests for a moment, so that it lasts long enough to be killed. */
const REST_EVERY = 250;
const REST = 5;

/** The pipeline of a job. */
export function buildJob(name: JobName, places: Places): Pipeline {
  const pipeline = new Pipeline();
  if (name === 'windows') sumWindows(pipeline, places);
  else copyFiles(pipeline, places, name === 'panes');
  return pipeline;
}

/** A log, as it is written, to sums of one-minute windows in a table, until it is drained. Rows are inserted, so one that comes twice is there twice. */
function sumWindows(pipeline: Pipeline, { log, database }: Places): void {
  pipeline
    .apply(
      readLog({
        name: 'Read',
        file: log,
        topic: TOPIC,
        valueFormat: 'json',
        group: GROUP,
        pollInterval: millis(20),
        // While the producer rests the clock carries the watermark: so much more it may.
        maxOutOfOrder: MAX_OUT_OF_ORDER + minutes(1),
      }),
    )
    // What the producer wrote.
    .map(({ value }) => value as Event, { name: 'Value' })
    .map(rested, { name: 'Rest' })
    .windowInto(fixedWindows({ size: minutes(1) }))
    .keyBy(({ key }) => key, { name: 'By key' })
    .groupByKey({ name: 'Group' })
    .map(
      ({ key, value }, { window }) => {
        const ids = [...value].map(({ id }) => id);
        // Windows are those of fixedWindows.
        return { key, start: (window as IntervalWindow).start, ids: JSON.stringify(ids) };
      },
      { name: 'Rows' },
    )
    .apply(
      writeSqlite({
        name: 'Write',
        database,
        table: TABLE,
        mode: 'insert',
        createTable: { key: 'TEXT', start: 'INTEGER', ids: 'TEXT' },
      }),
    );
}

/** Files of lines to Parquet: a file of each window's panes, or all at the end. */
function copyFiles(pipeline: Pipeline, { lines, parquet }: Places, perPane: boolean): void {
  const events: PCollection<Event> = pipeline
    .apply(readJsonLines({ name: 'Read', files: `${lines}/*.jsonl` }))
    // What `writeLines` wrote.
    .map((line) => line as Event, { name: 'Value' })
    .map(rested, { name: 'Rest' })
    .withTimestamps(({ at }) => at, { name: 'Time' })
    .windowInto(fixedWindows({ size: minutes(10) }));
  events
    .map(({ id, key }) => ({ id: BigInt(id), key }), { name: 'Row' })
    .apply(
      writeParquet({
        name: 'Write',
        files: parquet,
        columns: { id: column.int64(), key: column.string() },
        perPane,
      }),
    );
}

function rested(event: Event): Event | Promise<Event> {
  if (event.id % REST_EVERY !== 0) return event;
  return new Promise((resolve) => setTimeout(() => resolve(event), REST));
}
