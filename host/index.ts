// Node behind the interface `Host` of the model: clock, seeded randomness, disk, temporary files, memory, exit, and the store
// of a job's state, which can also be looked at from outside.
//
// node-host.ts puts the parts together; each other file, and state-store/, is one part. Nothing here runs on import, and the
// process gets listeners only while somebody asked to be told of its end.
export { nodeHost } from './node-host.ts';
export {
  backupState,
  type FileHold,
  type HeldState,
  listState,
  type OnStateOpened,
  type OpenState,
  type StateListing,
  type StatePlace,
  verifyState,
} from './state-store/index.ts';
