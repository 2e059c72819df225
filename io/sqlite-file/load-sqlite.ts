import type * as Sqlite from 'node:sqlite';
import { ConnectorError } from '../../model/index.ts';

let loaded: typeof Sqlite | undefined;

/**
 * Loads Node's SQLite, when it is first used and not on import.
 *
 * Node 22 says on loading that it is experimental. Users can do nothing about that, so this one warning is kept from them;
 * loading is synchronous, so no other can be lost meanwhile.
 */
export function loadSqlite(): typeof Sqlite {
  if (loaded !== undefined) return loaded;
  // The process is not asked for time, randomness or workers here, only for a module and where its warning goes.
  const { process: node } = globalThis;
  const emitWarning = node.emitWarning;
  node.emitWarning = () => {};
  try {
    loaded = node.getBuiltinModule('node:sqlite');
  } finally {
    node.emitWarning = emitWarning;
  }
  if (loaded !== undefined) return loaded;
  throw new ConnectorError(
    'sqlite',
    'this Node was built or started without node:sqlite. SQLite databases are read and written by it. Start Node 22.18 or later without --no-experimental-sqlite.',
  );
}
