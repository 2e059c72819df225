import type { StateStore } from './state-store.ts';
import type { Duration, Timestamp } from './time.ts';

/**
 * All that the engine takes from the machine, so that a simulator can run it on virtual time and a faulty disk.
 *
 * `host/` has Node's implementation. Engine packages use no clock, randomness, disk or worker but through this.
 */
export interface Host {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly memory: MemoryGauge;
  /** Whether functions may be made from text; false leads to the interpreted path. */
  readonly codegen: boolean;
  /** Gives the event loop its turn: signals, timers and I/O run before it resolves. */
  yieldTurn(): Promise<void>;
  /** Tells the code of a promise's continuation which call it belongs to. */
  asyncScope<T>(): AsyncScope<T>;
  /**
   * Opens what a job keeps in a directory, made if it is not there; nobody else can have it open. Without a directory the
   * store lasts as long as the run, and holds what memory has no room for.
   */
  openStateStore(directory: string | undefined): Promise<StateStore>;
  /** Tells the user, outside of any result, of what is odd and no error. */
  warn(message: string): void;
  /** Asks to be told before the process ends for any reason, to remove temporary files. Returns how to take it back. */
  onExit(cleanUp: () => void): () => void;
}

/** Time as the machine has it. */
export interface Clock {
  now(): Timestamp;
  /** Milliseconds since some fixed instant; never goes back. */
  monotonic(): number;
  /**
   * Calls `fire` after a while; returns how to take it back. A timer in the background does not keep the process from
   * ending when nothing else is left to wait for.
   */
  setTimer(delay: Duration, fire: () => void, options?: { readonly isBackground: boolean }): () => void;
}

/** Randomness from a seed: the same seed gives the same run. */
export interface Random {
  readonly seed: number;
  /** A number from 0 up to, not including, 1. */
  next(): number;
}

/** What the process uses of the machine: memory in bytes, processor time in milliseconds. */
export interface MemoryGauge {
  /** Resident set size of the process. */
  rss(): number;
  /** The largest resident set size so far. */
  peakRss(): number;
  /** What values take, the contents of buffers included, garbage that was not collected yet as well. */
  heapUsed(): number;
  /** What the heap has besides: pages that are empty, which it keeps for values to come. */
  heapSpare(): number;
  /** Where the heap ends: past it the process is ended by its own engine. */
  heapLimit(): number;
  /** Gives memory that nothing refers to back to the machine, at once; takes tenths of a second. */
  collect(): void;
  /** Time on processors so far, all threads and the system's work for them included. */
  cpuMs(): number;
  /** What the machine, or the container, has in all. */
  total(): number;
  /** Told by a run how to ask what its tables and buffers hold by their own estimate: for who watches it from outside. */
  watch?(held: () => number): void;
}

/** A value that follows the async continuations of a call. */
export interface AsyncScope<T> {
  run<R>(value: T, fn: () => R): R;
  /** Replaces the value for what the present `run` has still to do; what it has begun keeps the old one. */
  enter(value: T): void;
  get(): T | undefined;
}

/** What a directory entry is. */
export interface FileStat {
  readonly kind: 'file' | 'directory' | 'other';
  readonly size: number;
  readonly modified: Timestamp;
}

/** An open file. Positions are bytes from its start. */
export interface DiskFile {
  /** Reads up to `length` bytes into `into` at `offset`; returns how many there were, 0 at the end. */
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<number>;
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Returns when all that was written is on stable storage. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Files of the machine. Paths are absolute or relative to the working directory. */
export interface Disk {
  open(path: string, mode: 'read' | 'create' | 'create-new'): Promise<DiskFile>;
  stat(path: string): Promise<FileStat | undefined>;
  list(directory: string): Promise<readonly string[]>;
  makeDirectory(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, or a directory with all in it; nothing happens where there is none. */
  remove(path: string): Promise<void>;
  /** Returns when the entries of a directory (renames, new files) are on stable storage. */
  syncDirectory(path: string): Promise<void>;
  /** The path with all symbolic links followed. */
  realPath(path: string): Promise<string>;
  /** A new directory for files that no one needs after this run; all in it is removed by `dispose`. */
  scratch(): Scratch;
}

/** Temporary files, written and read synchronously: a shuffle that left memory. They are never synced. */
export interface Scratch {
  readonly path: string;
  file(): ScratchFile;
  dispose(): void;
}

/** A temporary file that is appended to, then read. */
export interface ScratchFile {
  readonly size: number;
  append(bytes: Uint8Array, length: number): void;
  /** Reads up to `length` bytes from `position`; returns how many there were. */
  read(into: Uint8Array, length: number, position: number): number;
  remove(): void;
}
