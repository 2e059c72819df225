import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chance } from '../../../testing/simulation/index.ts';
import type { Places } from './places.ts';

/** An element of the input; ids are 0, 1, 2 and so on. */
export interface Event {
  readonly id: number;
  readonly key: string;
  readonly at: number;
}

/** How far elements come out of order. */
export const MAX_OUT_OF_ORDER = 10_000;
const KEYS = 50;
const FILES = 12;
const START = Date.UTC(2024, 0, 1);
/** Milliseconds of event time from one element to the next. */
const SPACING = 25;

/** The elements of a seed, in the order in which they are read. */
export function eventsOf(seed: number, count: number): readonly Event[] {
  const chance = new Chance(seed, 'kill input');
  return Array.from({ length: count }, (_, id) => ({
    id,
    key: `key ${chance.below(KEYS)}`,
    at: START + id * SPACING - chance.below(MAX_OUT_OF_ORDER),
  }));
}

/** Writes the elements to files of lines. */
export function writeLines(events: readonly Event[], { lines }: Pick<Places, 'lines'>): void {
  mkdirSync(lines);
  const each = Math.ceil(events.length / FILES);
  for (let number = 0; number < FILES; number++) {
    const part = events.slice(number * each, (number + 1) * each);
    writeFileSync(join(lines, `${number}.jsonl`), part.map((event) => `${JSON.stringify(event)}\n`).join(''));
  }
}
