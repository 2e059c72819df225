import {
  type BoundedWindow,
  formatTimestamp,
  GLOBAL_WINDOW,
  type Host,
  isIntervalWindow,
  PipelineError,
  windowKey,
} from '../../model/index.ts';
import type { Codec } from '../compression/index.ts';
import { type FileSystem, locate, plainPath, splitPath } from '../file-systems/index.ts';
import { escapeName } from './partition-path.ts';

const PLACEHOLDERS = ['{shard}', '{shards}', '{window}', '{pane}', '{partition}'] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

/** What decides the names of a write's files. */
export interface TargetSpec {
  /** As the user wrote it. */
  readonly files: string;
  readonly shards: number;
  readonly isPartitioned: boolean;
  /** Whether each pane gets a file of its own. */
  readonly isPerPane?: boolean;
  readonly codec: Codec | undefined;
  /** The extension of the format. */
  readonly extension: string;
}

/** Which file of a write. */
export interface FileKey {
  readonly partition: string;
  readonly window: BoundedWindow | undefined;
  readonly shard: number;
  /** The index of the pane, where each has its own file. */
  readonly pane?: number;
}

/** Where the files of a write go. */
export interface Target {
  /** The directory that all files are below. */
  readonly root: string;
  /** What tells this write from others into the same directory: what the user wrote below `root`. */
  readonly id: string;
  /** Path below `root`, with placeholders. */
  readonly template: string;
  /** What finds all files of the output, and those that somebody else put among them; undefined for one file by its name. */
  readonly pattern: string | undefined;
  readonly shards: number;
}

/**
 * Reads `files` of a write: the path of one file, or a directory that ends in `/`; with placeholders, or they are put where
 * they are needed: `-{shard}-of-{shards}` before the extension, `{partition}/` before the name. Where each pane gets a file,
 * its name carries window, pane and shard.
 *
 * @throws PipelineError if it is empty, has braces that are no placeholder, or places nothing where files differ.
 */
export function parseTarget(step: string, spec: TargetSpec): Target {
  refuseBadPath(step, spec);
  const { shards, isPartitioned, isPerPane = false } = spec;
  const files = plainPath(spec.files);
  const placed = files.search(/\{[a-z]+\}/);
  const fixed = placed === -1 ? files : files.slice(0, placed);
  const isDirectory = files.endsWith('/') || (isPartitioned && !splitPath(files).name.includes('.') && placed === -1);
  const root = isDirectory && placed === -1 ? files.replace(/\/+$/, '') || '/' : splitPath(fixed).directory;
  const id = files.slice(root.length).replace(/^\/+|\/+$/g, '');
  let template = id;
  if (isDirectory) template = `${id === '' ? '' : `${id}/`}part${spec.extension}`;
  template = withCodecExtension(template, spec.codec);
  for (const [placeholder, text] of NEEDED) {
    const isNeeded = isPerPane || (shards > 1 && placeholder === '{shard}');
    if (isNeeded && !template.includes(placeholder)) template = beforeExtension(template, text, spec.codec);
  }
  if (isPartitioned && !template.includes('{partition}')) {
    const { directory, name } = splitPath(template);
    template = `${directory === '' ? '' : `${directory}/`}{partition}/${name}`;
  }
  const isOneFile = !isDirectory && !template.includes('{');
  return { root, id, template, pattern: isOneFile ? undefined : patternOf(template), shards };
}

/** What names of files are told apart by, and what is put before the extension where the user did not. */
const NEEDED: readonly (readonly [Placeholder, string])[] = [
  ['{window}', '-{window}'],
  ['{pane}', '-pane-{pane}'],
  ['{shard}', '-{shard}-of-{shards}'],
];

function refuseBadPath(step: string, { files, shards, isPartitioned, isPerPane }: TargetSpec): void {
  if (files === '' || files.includes('\0') || !files.isWellFormed()) {
    throw new PipelineError(
      step,
      `files is ${JSON.stringify(files)}. It names no file. Give a path, or a directory with a / at its end.`,
    );
  }
  if (files.includes('*')) {
    throw new PipelineError(
      step,
      `files is ${JSON.stringify(files)}. A * stands for any name where files are read; here it would be a letter of the name. Leave it out, and pass shards for several files.`,
    );
  }
  if (!Number.isSafeInteger(shards) || shards < 1 || shards > 100_000) {
    throw new PipelineError(
      step,
      `shards is ${shards} but must be a whole number from 1 to 100000. Each shard is a file. Leave it out for one file.`,
    );
  }
  // Asks whether it is one.
  const unknown = (files.match(/\{[^{}]*\}/g) ?? []).find((found) => !PLACEHOLDERS.includes(found as Placeholder));
  if (unknown !== undefined) {
    throw new PipelineError(
      step,
      `files has ${unknown}, which is no placeholder. The name would be the same for all. Known are ${PLACEHOLDERS.join(', ')}.`,
    );
  }
  if (files.includes('{pane}') && !isPerPane) {
    throw new PipelineError(
      step,
      'files has {pane}, and files are not written per pane. No number can be put there. Pass perPane: true, or leave {pane} out.',
    );
  }
  if (files.includes('{partition}') && !isPartitioned) {
    throw new PipelineError(
      step,
      'files has {partition}, and there is no partitionBy. No directory can be put there. Add partitionBy, or leave {partition} out.',
    );
  }
}

const withCodecExtension = (name: string, codec: Codec | undefined): string =>
  codec === undefined || codec.extensions.some((extension) => name.endsWith(extension))
    ? name
    : name + codec.extensions[0];

/** Partitions may be at any depth; any name with the extension is read along with the output by who reads its directory. */
function patternOf(template: string): string {
  const { directory, name } = splitPath(template);
  const any = directory.replaceAll('{partition}', '**').replace(/\{[a-z]+\}/g, '*');
  const point = name.indexOf('.');
  return `${any === '' ? '' : `${any}/`}*${point === -1 ? '' : name.slice(point)}`;
}

/** Puts text before `.csv` or `.csv.gz` of a path. */
function beforeExtension(path: string, text: string, codec: Codec | undefined): string {
  const packed = codec?.extensions.find((extension) => path.endsWith(extension)) ?? '';
  const plain = path.slice(0, path.length - packed.length);
  const { name } = splitPath(plain);
  const point = name.lastIndexOf('.');
  const at = point > 0 ? plain.length - name.length + point : plain.length;
  return plain.slice(0, at) + text + plain.slice(at) + packed;
}

/** Whether elements of different windows go to different files. */
export const isWindowed = ({ template }: Target): boolean => template.includes('{window}');

/** The path of a file below the target's root. */
export function pathOf({ template, shards }: Target, key: FileKey): string {
  const digits = (number: number): string => String(number).padStart(5, '0');
  return template
    .replaceAll('{shards}', digits(shards))
    .replaceAll('{shard}', digits(key.shard))
    .replaceAll('{pane}', digits(key.pane ?? 0))
    .replaceAll('{window}', () => windowName(key.window ?? GLOBAL_WINDOW))
    .replaceAll('{partition}', () => key.partition);
}

function windowName(window: BoundedWindow): string {
  // A copy, made by a coder for example, is the same window.
  if (windowKey(window) === windowKey(GLOBAL_WINDOW)) return 'global';
  if (!isIntervalWindow(window)) return escapeName(JSON.stringify(window));
  const instant = (timestamp: number): string => formatTimestamp(timestamp).replace('.000Z', 'Z').replaceAll(':', '-');
  return `${instant(window.start)}_${instant(window.end)}`;
}

/** The file system of a target, and its root there. */
export function locateTarget({ root }: Target, host: Host): { readonly fileSystem: FileSystem; readonly root: string } {
  const { fileSystem, path } = locate(root, host);
  return { fileSystem, root: path === '' ? '.' : path };
}
