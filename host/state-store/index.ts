// What a job keeps, on SQLite: one database in its directory, or a temporary one where it has none.
//
// open-durable.ts opens, open-database.ts checks, sqlite-store.ts and sqlite-space.ts read and write, schema.ts says what is
// in the file. witness.ts is the file beside it that tells a database which has lost its end from one that has not.
// inspect.ts is for people who look at a directory; file-hold.ts lets them while a job has it open.
import type { StateStore } from '../../model/index.ts';
import { type Machine, openDurable } from './open-durable.ts';
import { TemporaryStore } from './temporary-store.ts';

export type { FileHold } from './file-hold.ts';
export { backupState, type HeldState, listState, type StateListing, type StatePlace, verifyState } from './inspect.ts';
export type { OnStateOpened, OpenState } from './open-durable.ts';

/** Opens the store of a directory; without one, a store that lasts as long as the run. */
export const openStateStore = async (directory: string | undefined, machine: Machine): Promise<StateStore> =>
  directory === undefined ? new TemporaryStore(machine) : openDurable(directory, machine);
