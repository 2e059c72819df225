// How files that are written become visible: staged, put in their places by renames that a journal can finish or undo, and
// named by a manifest with checksums that is written last.
//
// publish.ts has the steps of a write that is published as a whole, pane-publish.ts those of files that come pane by pane.
// stale-files.ts, foreign-files.ts and gone-files.ts tell what of a folder is of an earlier run, of others, or missing. Knows
// the model and io/file-systems.
export { reportForeignFiles } from './foreign-files.ts';
export { reportGone } from './gone-files.ts';
export { readJournal, type Manifest, type ManifestFile, type Publication, type StagedEntry } from './manifest.ts';
export {
  epochsOf,
  isBegun,
  jobOf,
  panesDirectory,
  stagingName,
  type PanePublication,
} from './pane-manifest.ts';
export { publishPanes, recoverPanes, refuseOthers, sweepStaged } from './pane-publish.ts';
export { existsAlready } from './place-files.ts';
export { publish, recoverPublish } from './publish.ts';
export { makeStaging, openStaging, type Staging } from './staging.ts';
