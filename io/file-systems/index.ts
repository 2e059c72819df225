// Where files are: file systems by scheme, paths and patterns, finding the files of a pattern, and what their errors mean.
//
// file-system.ts is where object stores plug in; find-files.ts walks directories for what glob.ts understands of a pattern.
// io/files reads and writes what is found. Imports model/ only.
export { onDisk } from './disk-error.ts';
export {
  type FileSystem,
  joinPath,
  locate,
  plainPath,
  registerFileSystem,
  splitPath,
} from './file-system.ts';
export { findFiles, type FoundFile, type MatchedFile, type NoMatch } from './find-files.ts';
export { isPattern } from './glob.ts';
export { inGroups } from './in-groups.ts';
