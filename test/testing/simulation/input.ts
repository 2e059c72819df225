import type { Chance, TopicRecord } from '../../../testing/simulation/index.ts';
import type { Shape } from './shapes.ts';

/** An element of the input. */
export interface Event {
  readonly id: number;
  readonly key: string;
  /** Whether a step fails at it. */
  readonly isPoison: boolean;
  readonly at: number;
  /** Makes it large where memory is to be short. */
  readonly padding: string;
}

/** How far behind the highest timestamp elements come without being late. */
export const MAX_OUT_OF_ORDER = 5_000;
/** How far behind the watermark elements are taken. */
export const ALLOWED_LATENESS = 3_600_000;
/** Milliseconds of event time that an input spans. */
const EVENT_SPAN = 60_000;
const KEYS = ['a', 'b', 'c', '__proto__'] as const;

/** Whether a table hands the row of an event back. */
export const isRefused = (id: number): boolean => id % 4 === 1;

/** The labels of keys, read as a side input. */
export const LABELS = KEYS.map((key) => ({ key, value: `label of ${key}` }));

/** The partitions of a topic: in order more or less, some late, all within the allowed lateness. */
export function drawRecords(shape: Shape, chance: Chance, topic: number): readonly (readonly TopicRecord<Event>[])[] {
  const start = Date.UTC(2020, 0, 1);
  const padding = 'x'.repeat(shape.padding);
  return Array.from({ length: shape.partitions }, (_, partition) =>
    Array.from({ length: shape.records }, (_, index): TopicRecord<Event> => {
      const place = index / shape.records;
      const delay = chance.happens(0.1) ? chance.between(0, 40_000) : chance.between(0, MAX_OUT_OF_ORDER);
      const at = Math.floor(start + place * EVENT_SPAN - delay);
      const id = (topic * 10 + partition) * 1_000 + index;
      const key = chance.pick(KEYS);
      const isPoison = chance.happens(shape.poison);
      return { value: { id, key, isPoison, at, padding }, timestamp: at, there: Math.max(0, place * shape.span) };
    }),
  );
}
