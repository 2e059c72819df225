// What devices send: the form of a message (message.ts), and where messages come from (read-messages.ts): the simulator, a
// file of JSON lines, a topic of a log, or what an earlier run wrote as Parquet (raw.ts). What is no message is set aside with
// its reason (rejected.ts).
export type { Message } from './message.ts';
export { type MessageInput, readMessages } from './read-messages.ts';
export { writeRaw } from './raw.ts';
export { writeRejected } from './rejected.ts';
