// Files of any format: patterns, splitting, shards and partitions, read and written.
//
// format.ts is the contract with formats, which know nothing of the rest. read-files.ts and write-files.ts put it to work;
// io/text, io/csv, io/json and io/parquet are made of them. watch-files.ts reads a folder as its files come; write-panes.ts
// writes a file of each pane. How files become visible is in io/publishing, where they lie in io/file-systems.
export type { Compression } from '../compression/index.ts';
export { damagedAt, DamagedFileError } from '../compression/index.ts';
export { registerFileSystem, type FileSystem } from '../file-systems/index.ts';
export type {
  FormatWriter,
  InputFile,
  OutputFile,
  ReadFormat,
  WriteFormat,
  WriteFormatContext,
} from './format.ts';
export type { InflateLimits } from '../compression/index.ts';
export type { OpenOptions } from './input-file.ts';
export type { NoMatch } from '../file-systems/index.ts';
export { listsOf } from './lists-of.ts';
export { matchFiles, type MatchSpec } from './match-files.ts';
export type { PartitionBy } from './grouping.ts';
export type { Manifest, ManifestFile, Publication } from '../publishing/index.ts';
export type { PartitionFields, PartitionValue } from './partition-path.ts';
export { fileSource, readAllFiles, readFiles, type FileReadOptions, type FilesSpec } from './read-files.ts';
export type { FilePart, FilePosition, FilesRestriction } from './restriction.ts';
export type { SeenFile, WatchOptions } from './seen-files.ts';
export { timePartitions, type TimeUnit } from './time-partitions.ts';
export { fileSink, type FileWriteOptions, writeFiles } from './write-files.ts';
