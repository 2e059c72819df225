// A log: topics of records in partitions, appended to by any number of processes and read by offset, in one SQLite file.
//
// open-log.ts is for programs that write and look at it, read.ts and write.ts are for pipelines; options and words are those
// of Kafka and of Beam's connector for it. log-file.ts has the tables, topics.ts what is in them beside records, records.ts
// how these are appended and fetched. A restriction (restriction.ts) is offsets by partition.
export { Consumer, type ConsumerOptions } from './consumer.ts';
export { OffsetOutOfRangeError, TopicRecreatedError } from './errors.ts';
export type { FormatValue, LogFormat } from './formats.ts';
export type { CommittedOffset } from './groups.ts';
export { type Log, openLog, type OpenLogOptions, type TopicDescription } from './open-log.ts';
export { Producer, type ProducerOptions, type ProducerRecord } from './producer.ts';
export { type LogReadOptions, logSource, readLog } from './read.ts';
export type { LogHeader, LogRecord, RecordPosition } from './records.ts';
export type { LogRestriction, PartitionRange } from './restriction.ts';
export type { StartOffset } from './start.ts';
export type { PartitionOffsets, Retention, TopicOptions } from './topics.ts';
export { logSink, type LogWriteOptions, writeLog } from './write.ts';
