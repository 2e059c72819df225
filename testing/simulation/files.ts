import type { FileStat, Timestamp } from '../../model/index.ts';
import type { Chance } from './chance.ts';

/** A disk writes sectors of so many bytes whole; a longer write may be torn between two of them. */
const SECTOR = 512;

/** What happened to a file since it was last synced. */
interface Unsynced {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** A file: what programs see of it, and what is on stable storage. */
export interface FileNode {
  readonly kind: 'file';
  cached: Uint8Array;
  durable: Uint8Array;
  unsynced: Unsynced[];
  /** Whether what was durable was cut off since. */
  isTruncated: boolean;
  modified: Timestamp;
}

interface DirectoryNode {
  readonly kind: 'directory';
  /** What programs see. */
  readonly entries: Map<string, Node>;
  readonly durable: Map<string, { readonly node: Node | undefined; readonly change: number }>;
}

type Node = FileNode | DirectoryNode;

/** A change of entries that happens as a whole: a rename changes two. */
interface EntryChange {
  readonly number: number;
  readonly slots: readonly {
    readonly directory: DirectoryNode;
    readonly name: string;
    readonly node: Node | undefined;
  }[];
}

/** How much of what was not synced a power loss takes. */
export interface Damage {
  /** Probability for each write, or sector of it, and for each changed entry. */
  readonly loss: number;
}

/**
 * Files as a machine has them: programs see all that was written, and a power loss leaves what was synced, with any part of the
 * rest. Writes are lost, torn between sectors and reordered; entries of directories are lost unless their directory was
 * synced, each for itself, whether or not their file was.
 */
export class Files {
  readonly #root: DirectoryNode = newDirectory();
  #changes: EntryChange[] = [];
  #number = 0;

  stat(path: string): FileStat | undefined {
    const node = this.#find(path);
    if (node === undefined) return undefined;
    if (node.kind === 'directory') return { kind: 'directory', size: 0, modified: 0 };
    return { kind: 'file', size: node.cached.length, modified: node.modified };
  }

  /** What programs see of a file, as text. */
  read(path: string): string {
    return Buffer.from(this.bytes(path)).toString();
  }

  /** What programs see of a file. */
  bytes(path: string): Uint8Array {
    const node = this.#find(path);
    if (node?.kind !== 'file') throw failure('ENOENT', path);
    return node.cached;
  }

  /** Puts other bytes in a file, on the disk as well: nobody wrote them. */
  replace(path: string, bytes: Uint8Array): void {
    const node = this.#find(path);
    if (node?.kind !== 'file') throw failure('ENOENT', path);
    node.cached = bytes;
    this.sync(node);
  }

  /** The paths of all files below a directory, in order; none where it is not there. */
  below(path: string): readonly string[] {
    if (this.#find(path) === undefined) return [];
    return this.list(path).flatMap((name) => {
      const at = `${path}/${name}`;
      return this.stat(at)?.kind === 'directory' ? this.below(at) : [at];
    });
  }

  list(path: string): readonly string[] {
    return [...this.#directory(path).entries.keys()].sort();
  }

  makeDirectory(path: string): void {
    let at = this.#root;
    for (const name of partsOf(path)) {
      let next = at.entries.get(name);
      if (next === undefined) {
        next = newDirectory();
        this.#change([{ directory: at, name, node: next }]);
      }
      if (next.kind !== 'directory') throw failure('ENOTDIR', path);
      at = next;
    }
  }

  open(path: string, mode: 'read' | 'create' | 'create-new', now: Timestamp): FileNode {
    const found = this.#find(path);
    if (found?.kind === 'directory') throw failure('EISDIR', path);
    if (mode === 'read' && found === undefined) throw failure('ENOENT', path);
    if (mode === 'create-new' && found !== undefined) throw failure('EEXIST', path);
    if (found !== undefined) {
      if (mode === 'create') {
        found.cached = new Uint8Array(0);
        found.unsynced = [];
        found.isTruncated = true;
        found.modified = now;
      }
      return found;
    }
    const node: FileNode = {
      kind: 'file',
      cached: new Uint8Array(0),
      durable: new Uint8Array(0),
      unsynced: [],
      isTruncated: false,
      modified: now,
    };
    const { directory, name } = this.#place(path);
    this.#change([{ directory, name, node }]);
    return node;
  }

  write(file: FileNode, bytes: Uint8Array, position: number, now: Timestamp): void {
    const own = new Uint8Array(bytes);
    file.cached = patched(file.cached, own, position);
    file.unsynced.push({ position, bytes: own });
    file.modified = now;
  }

  sync(file: FileNode): void {
    file.durable = file.cached.slice();
    file.unsynced = [];
    file.isTruncated = false;
  }

  /** A sync that failed: the system counts what it could not write as written, so a later sync does not write it either. */
  failSync(file: FileNode): void {
    file.unsynced = [];
  }

  rename(from: string, to: string): void {
    const node = this.#find(from);
    if (node === undefined) throw failure('ENOENT', from);
    const source = this.#place(from);
    const target = this.#place(to);
    if (target.directory.entries.get(target.name)?.kind === 'directory') throw failure('EISDIR', to);
    this.#change([
      { ...source, node: undefined },
      { ...target, node },
    ]);
  }

  remove(path: string): void {
    const node = this.#find(path);
    if (node === undefined) return;
    this.#change([{ ...this.#place(path), node: undefined }]);
  }

  syncDirectory(path: string): void {
    const synced = this.#directory(path);
    this.#changes = this.#changes.filter((change) => {
      if (!change.slots.some(({ directory }) => directory === synced)) return true;
      makeDurable(change);
      return false;
    });
  }

  /** Leaves what is on stable storage, and of the rest what chance spares. */
  losePower(chance: Chance, { loss }: Damage): void {
    for (const change of this.#changes) if (!chance.happens(loss)) makeDurable(change);
    this.#changes = [];
    restore(this.#root, chance, loss);
  }

  #find(path: string): Node | undefined {
    let at: Node = this.#root;
    for (const name of partsOf(path)) {
      const next: Node | undefined = at.kind === 'directory' ? at.entries.get(name) : undefined;
      if (next === undefined) return undefined;
      at = next;
    }
    return at;
  }

  #directory(path: string): DirectoryNode {
    const node = this.#find(path);
    if (node === undefined) throw failure('ENOENT', path);
    if (node.kind !== 'directory') throw failure('ENOTDIR', path);
    return node;
  }

  #place(path: string): { readonly directory: DirectoryNode; readonly name: string } {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined) throw failure('EISDIR', path);
    return { directory: this.#directory(`/${parts.join('/')}`), name };
  }

  #change(slots: EntryChange['slots']): void {
    for (const { directory, name, node } of slots) {
      if (node === undefined) directory.entries.delete(name);
      else directory.entries.set(name, node);
    }
    this.#changes.push({ number: ++this.#number, slots });
  }
}

const newDirectory = (): DirectoryNode => ({ kind: 'directory', entries: new Map(), durable: new Map() });

/** A later change of an entry stands, whichever became durable first. */
function makeDurable({ number, slots }: EntryChange): void {
  for (const { directory, name, node } of slots) {
    if ((directory.durable.get(name)?.change ?? 0) < number) directory.durable.set(name, { node, change: number });
  }
}

function restore(directory: DirectoryNode, chance: Chance, loss: number): void {
  directory.entries.clear();
  for (const [name, { node }] of directory.durable) {
    if (node === undefined) continue;
    directory.entries.set(name, node);
    if (node.kind === 'directory') restore(node, chance, loss);
    else restoreFile(node, chance, loss);
  }
}

function restoreFile(file: FileNode, chance: Chance, loss: number): void {
  let content = file.isTruncated && !chance.happens(loss) ? new Uint8Array(0) : file.durable;
  for (const { position, bytes } of file.unsynced) {
    for (let from = 0; from < bytes.length; ) {
      // Sectors are those of the disk, not of the write.
      const end = Math.min(bytes.length, from + SECTOR - ((position + from) % SECTOR));
      if (!chance.happens(loss)) content = patched(content, bytes.subarray(from, end), position + from);
      from = end;
    }
  }
  file.cached = content;
  file.durable = content.slice();
  file.unsynced = [];
  file.isTruncated = false;
}

/** A copy with some bytes written over, zeros where nothing was. */
function patched(content: Uint8Array, bytes: Uint8Array, position: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(Math.max(content.length, position + bytes.length));
  result.set(content);
  result.set(bytes, position);
  return result;
}

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

/** An error as Node makes them. */
export const failure = (code: string, path: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: simulated, '${path}'`), { code, path });
