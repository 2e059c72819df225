import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { nodeHost } from '../../../host/index.ts';
import {
  type BoundedWindow,
  type Disk,
  GLOBAL_WINDOW,
  type Host,
  MIN_TIMESTAMP,
  NO_FIRING,
  type RestrictionReader,
  type Sink,
  type SinkContext,
  type SourceContext,
} from '../../../model/index.ts';

/** A directory that is there for one test, with the files given by their paths. */
export function directoryWith(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'viga-test-files-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
  }
  return directory;
}

/** All files below a directory and what is in them; without the manifests unless asked for. */
export function contentOf(directory: string, { manifests = false } = {}): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const full = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || (!manifests && /\/\.viga\/manifest[^/]*$/.test(full))) continue;
    found[path.relative(directory, full)] = readFileSync(full, 'utf8');
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A host whose disk does what `change` makes of it, and that keeps its warnings. */
export function hostWith(change: (disk: Disk) => Partial<Disk> = () => ({})): Host & { readonly warnings: string[] } {
  const host = nodeHost({ seed: 1 });
  const warnings: string[] = [];
  return {
    ...host,
    disk: { ...host.disk, ...change(host.disk) },
    warnings,
    warn: (message) => warnings.push(message),
  };
}

export const sourceContext = (host: Host = hostWith(), signal = new AbortController().signal): SourceContext => ({
  host,
  signal,
  step: 'Read',
});

/** What a reader gives for an element: values in order, what it rejected, and where values were found. */
export async function readAll<E, T, R, P>(
  reader: RestrictionReader<E, T, R, P>,
  element: E,
  context: SourceContext = sourceContext(),
  restriction?: R,
) {
  const values: T[] = [];
  const places: (string | undefined)[] = [];
  const rejected: { readonly record: unknown; readonly message: string; readonly coordinate: string | undefined }[] =
    [];
  const tracker = reader.createTracker(restriction ?? (await reader.initialRestriction(element, context)));
  const output = {
    emit(batch: { readonly values: readonly T[]; readonly coordinate?: ((index: number) => string) | undefined }) {
      values.push(...batch.values);
      places.push(...batch.values.map((_, index) => batch.coordinate?.(index)));
    },
    reject(record: unknown, error: Error, coordinate?: string) {
      rejected.push({ record, message: error.message, coordinate });
    },
    advanceWatermark: () => undefined,
    setIdle: () => undefined,
  };
  await reader.read(element, tracker, output, context);
  tracker.checkDone();
  return { values, places, rejected };
}

let runs = 0;

export const sinkContext = (host: Host = hostWith(), runId = `run-${(runs += 1)}`): SinkContext => ({
  host,
  signal: new AbortController().signal,
  step: 'Write',
  runId,
  reject(_element, error) {
    throw error;
  },
});

/** Runs a sink over batches as a bounded run does: recover, open, write, prepare, commit; abort if it fails before. */
export async function writeAll<T, C>(
  sink: Sink<T, C>,
  batches: readonly (readonly T[])[],
  context: SinkContext = sinkContext(),
  windows: readonly BoundedWindow[] = [GLOBAL_WINDOW],
): Promise<C> {
  await sink.recover?.(context);
  const writer = await sink.open(context);
  let committable: C;
  try {
    for (const values of batches) {
      await writer.write({ values, timestamps: MIN_TIMESTAMP, windows, panes: NO_FIRING });
    }
    committable = await writer.prepare();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  await sink.commit(committable, context);
  return committable;
}

/** An error as the machine's disk makes it. */
export const diskFault = (code: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: refused`), { code });

/** A disk that takes no time for stable storage. */
export const unsynced = (disk: Disk): Partial<Disk> => ({
  open: async (path, mode) => ({ ...(await disk.open(path, mode)), sync: async () => undefined }),
  syncDirectory: async () => undefined,
});

/** The process dies. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** A disk whose process dies before, or half-way through, its n-th change; after that nothing happens any more. */
export function crashingDisk(disk: Disk, fatal: number): { readonly disk: Partial<Disk>; changes(): number } {
  let changes = 0;
  const change = async <T>(act: () => Promise<T>): Promise<T> => {
    changes += 1;
    if (changes >= fatal) throw new Crash();
    return act();
  };
  return {
    changes: () => changes,
    disk: {
      async open(path, mode) {
        const file = mode === 'read' ? await disk.open(path, mode) : await change(() => disk.open(path, mode));
        return {
          ...file,
          async write(bytes, position) {
            // A crash inside a write leaves a part of it.
            if (changes + 1 === fatal) await file.write(bytes.subarray(0, bytes.length / 2), position);
            await change(() => file.write(bytes, position));
          },
          sync: () => change(() => file.sync()),
          close: () => file.close(),
        };
      },
      makeDirectory: (path) => change(() => disk.makeDirectory(path)),
      rename: (from, to) => change(() => disk.rename(from, to)),
      remove: (path) => change(() => disk.remove(path)),
      syncDirectory: (path) => change(() => disk.syncDirectory(path)),
    },
  };
}
