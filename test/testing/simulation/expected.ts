import type { Event } from './input.ts';
import { isRefused, LABELS } from './input.ts';
import { PERIOD, WINDOW } from './pipeline.ts';
import { IdSets } from './rows.ts';
import type { Shape } from './shapes.ts';

/** What should come out of a job, computed from its input and nothing else. */
export interface Expected {
  /** By key and start of the window; by key alone for sessions. */
  readonly panes: IdSets;
  readonly failed: IdSets;
  readonly tallies: IdSets;
  readonly labeled: IdSets;
  /** What the table that refuses some takes, and what it does not. */
  readonly refusing: IdSets;
  readonly refused: IdSets;
  /** By start of the window. */
  readonly files: IdSets;
  readonly parquet: IdSets;
}

/** What should come out of a job of this shape. */
export function expectedOf(shape: Shape, events: readonly Event[]): Expected {
  const expected = {
    panes: new IdSets(),
    failed: new IdSets(),
    tallies: new IdSets(),
    labeled: new IdSets(),
    refusing: new IdSets(),
    refused: new IdSets(),
    files: new IdSets(),
    parquet: new IdSets(),
  };
  for (const event of events) {
    if (event.isPoison) {
      // Both steps that look at it fail.
      expected.failed.add('failed', shape.isStateful ? [event.id, event.id] : [event.id]);
      continue;
    }
    for (const start of startsOf(shape, event.at)) {
      expected.panes.add(start === undefined ? event.key : `${event.key} ${start}`, [event.id]);
      const window = start === undefined ? 'all' : String(start);
      expected.parquet.add(window, [event.id]);
      if (!shape.isBounded) expected.files.add(window, [event.id]);
    }
    if (shape.isBounded) expected.files.add('all', [event.id]);
    expected[isRefused(event.id) ? 'refused' : 'refusing'].add('all', [event.id]);
    if (shape.isStateful) expected.tallies.add(`${event.key} ${event.at - mod(event.at, WINDOW)}`, [event.id]);
    if (shape.hasSideInput) {
      expected.labeled.add(String(LABELS.find(({ key }) => key === event.key)?.value), [event.id]);
    }
  }
  return expected;
}

function startsOf({ windows }: Shape, at: number): readonly (number | undefined)[] {
  if (windows === 'sessions') return [undefined];
  if (windows === 'fixed') return [at - mod(at, WINDOW)];
  const last = at - mod(at, PERIOD);
  return Array.from({ length: WINDOW / PERIOD }, (_, index) => last - index * PERIOD);
}

const mod = (value: number, by: number): number => ((value % by) + by) % by;
