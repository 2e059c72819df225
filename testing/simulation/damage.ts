import type { MemoryDisk } from '../../runners/state/index.ts';
import type { Chance } from './chance.ts';
import type { Files } from './files.ts';

// What a disk does to data that lie on it, between two processes: each change can be taken back, as somebody does who has a
// copy.

/** Flips a bit of what is durable, in a value of any space, while no process has it open; returns how to flip it back. */
export function flipBit({ disk }: { readonly disk: MemoryDisk }, chance: Chance): (() => void) | undefined {
  const store = disk.open();
  const entries = store
    .spaces()
    .flatMap((space) => Array.from(store.space(space).scan(), ({ key, value }) => ({ space, key, value })));
  store.close();
  const entry = entries[chance.below(entries.length)];
  if (entry === undefined) return undefined;
  const { space, key, value } = entry;
  const changed = flipped(value, chance);
  disk.damage(space, key, value, changed);
  return () => disk.damage(space, key, changed, value);
}

/** How a file was changed. */
export interface FileDamage {
  readonly path: string;
  readonly how: 'flipped' | 'cut off';
  /** Whether the file is there as it was changed, in its place. */
  isThere(): boolean;
  /** Makes it what it was; one that is not in its place any more stays as it is. */
  mend(): void;
}

/** Flips a bit of a file, or cuts it off, on the disk and for all who read it; undefined where that changes nothing. */
export function damageFile(files: Files, path: string, chance: Chance): FileDamage | undefined {
  const before = files.bytes(path);
  if (before.length === 0) return undefined;
  const how = chance.pick(['flipped', 'flipped', 'cut off']);
  const after = how === 'flipped' ? flipped(before, chance) : before.slice(0, chance.below(before.length));
  // A document that has lost the end of its last line says what it said.
  if (path.endsWith('.json') && Buffer.from(before).toString().trimEnd() === Buffer.from(after).toString().trimEnd()) {
    return undefined;
  }
  files.replace(path, after);
  const isThere = (): boolean => files.stat(path)?.kind === 'file' && Buffer.compare(files.bytes(path), after) === 0;
  return {
    path,
    how,
    isThere,
    mend() {
      if (isThere()) files.replace(path, before);
    },
  };
}

function flipped(bytes: Uint8Array, chance: Chance): Uint8Array {
  const changed = bytes.slice();
  const at = chance.below(bytes.length);
  changed[at] = (changed[at] ?? 0) ^ (1 << chance.below(8));
  return changed;
}
