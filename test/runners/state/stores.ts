import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nodeHost } from '../../../host/index.ts';
import type { StateStore } from '../../../model/index.ts';
import { MemoryDisk } from '../../../runners/state/index.ts';

/** A place for a store that is opened, crashed and opened again. */
export interface Place {
  open(): Promise<StateStore>;
  /** Ends the open store as a crash does: what was not committed is gone. */
  crash(): void;
  dispose(): void;
}

export const memoryPlace = (): Place => {
  const disk = new MemoryDisk('0123456789abcdef');
  return { open: async () => disk.open(), crash: () => disk.crash(), dispose: () => disk.crash() };
};

function sqlitePlace(): Place {
  const directory = mkdtempSync(path.join(tmpdir(), 'viga-state-'));
  let store: StateStore | undefined;
  return {
    async open() {
      store = await nodeHost().openStateStore(directory);
      return store;
    },
    // Closing takes back what was not committed; real kills are tested in test/host.
    crash: () => store?.close(),
    dispose() {
      store?.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Every store that keeps its contract. */
export const PLACES: readonly (readonly [string, () => Place])[] = [
  ['in memory', memoryPlace],
  ['on SQLite', sqlitePlace],
];

export const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

export const text = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : Buffer.from(value).toString('latin1');
