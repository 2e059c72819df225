// A simulated machine and its surroundings, so that the engine can be run through crashes, losses of power, full disks and
// lost answers, again and again from one seed. Nothing in it waits for real time or writes real files.
//
// world.ts is the machine: what happens next, and what goes wrong (faults.ts decides that). process.ts is one process on it,
// with the Host that the engine takes everything from; disk.ts and files.ts its files, store.ts its state. topic.ts and
// table.ts are systems around it, as sources and sinks see them.
export { Chance } from './chance.ts';
export { Coverage, type PointCounts } from './coverage.ts';
export type { EventLog } from './event-log.ts';
export {
  crashAt,
  drawRates,
  type FaultPlan,
  type FaultRates,
  noFaults,
  type Point,
  Swarm,
  type Verdict,
} from './faults.ts';
export type { Damage, Files } from './files.ts';
export type { CallOptions, SimulatedProcess } from './process.ts';
export { flipBit } from './store.ts';
export { AppendLog, LedgerTable, type StoredRow, UpsertTable } from './table.ts';
export { Topic, type TopicRange, type TopicReadOptions, type TopicRecord } from './topic.ts';
export { type Outcome, type StoredState, type Watch, World, type WorldOptions } from './world.ts';
