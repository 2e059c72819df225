import type * as Sqlite from 'node:sqlite';
import { StateError } from '../../model/index.ts';

let loaded: typeof Sqlite | undefined;

/**
 * Loads Node's SQLite when a store is first opened: a run that keeps nothing does without it.
 *
 * Node 22 warns on loading that it is experimental, which users can do nothing about; loading is synchronous, so no other
 * warning can be lost meanwhile.
 */
export function loadSqlite(): typeof Sqlite {
  if (loaded !== undefined) return loaded;
  const emitWarning = process.emitWarning;
  process.emitWarning = () => {};
  try {
    loaded = process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
  if (loaded !== undefined) return loaded;
  throw new StateError(
    'state',
    'failed',
    'this Node was built or started without node:sqlite. What a job keeps is stored by it. Start Node 22.18 or later without --no-experimental-sqlite.',
  );
}
