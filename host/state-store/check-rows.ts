import type { DatabaseSync } from 'node:sqlite';
import { cellCrc } from './schema.ts';

/** What a look at all rows has found. */
export interface RowCheck {
  readonly rows: number;
  /** Names of the spaces that have rows which are not as they were written, with how many. */
  readonly damaged: ReadonlyMap<string, number>;
}

/** A row as it is in the table. */
interface Row {
  readonly space: number;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly crc: number;
}

/** Compares each row with its crc. */
export function checkRows(db: DatabaseSync, spaces: ReadonlyMap<string, number>): RowCheck {
  const names = new Map(Array.from(spaces, ([name, id]) => [id, name]));
  const damaged = new Map<string, number>();
  let rows = 0;
  // The types are those of the table's columns.
  const cells = db.prepare('SELECT space, key, value, crc FROM cells').iterate() as Iterable<unknown> as Iterable<Row>;
  for (const { space, key, value, crc } of cells) {
    rows += 1;
    const name = names.get(space);
    if (name !== undefined && cellCrc(space, key, value) === crc) continue;
    const shown = name ?? `space ${space}, which has no name`;
    damaged.set(shown, (damaged.get(shown) ?? 0) + 1);
  }
  return { rows, damaged };
}
