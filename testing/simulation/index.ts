// A simulated machine and its surroundings, so that the engine can be run through crashes, losses of power, full disks and
// lost answers, again and again from one seed. Nothing in it waits for real time or writes real files.
//
// world.ts is the machine: what happens next, and what goes wrong (faults.ts decides that). process.ts is one process on it,
// with the Host that the engine takes everything from; disk.ts and files.ts its files, store.ts its state, damage.ts what a
// disk does to them. topic.ts and
// table.ts are systems around it, as sources and sinks see them.
export { Chance } from './chance.ts';
export { damageFile, flipBit } from './damage.ts';
export { Coverage } from './coverage.ts';
export { crashAt, drawRates, type FaultPlan, noFaults, Swarm } from './faults.ts';
export type { Files } from './files.ts';
export type { SimulatedProcess } from './process.ts';
export { AppendLog, LedgerTable, UpsertTable } from './table.ts';
export { Topic, type TopicRecord } from './topic.ts';
export { type Outcome, type Watch, World } from './world.ts';
