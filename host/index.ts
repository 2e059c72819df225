// Node behind the interface `Host` of the model: clock, seeded randomness, disk, temporary files, memory, exit.
//
// node-host.ts puts the parts together; each other file is one part. Nothing here runs on import, and the process gets
// listeners only while somebody asked to be told of its end.
export { nodeHost, type NodeHostOptions } from './node-host.ts';
