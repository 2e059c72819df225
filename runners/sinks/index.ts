// How a streaming run writes: what an epoch has for a sink waits in the outbox until the epoch is durable, and is delivered
// then, in order, under the epoch's number.
//
// live-write.ts is what a stage sees of its sink; sink-rejects.ts moves what a sink rejected to the dead letters, with the next
// cut; given-epochs.ts remembers which epochs a sink has. Knows the model, runners/execution and runners/run.
export { LiveWrite } from './live-write.ts';
