/** One entry of a {@link StateSpace}. */
export interface StateEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/**
 * Entries ordered by the bytes of their keys: what one part of a job keeps.
 *
 * Reads see what was written since the last commit. A value is the caller's to keep; what is passed in is copied.
 */
export interface StateSpace {
  get(key: Uint8Array): Uint8Array | undefined;
  put(key: Uint8Array, value: Uint8Array): void;
  delete(key: Uint8Array): void;
  /** Entries with `from <= key < to`, in order. Entries that are written while it is read may be missing from it. */
  scan(from?: Uint8Array, to?: Uint8Array): Iterable<StateEntry>;
  deleteRange(from: Uint8Array, to: Uint8Array | undefined): void;
}

/**
 * Where a job keeps what must survive a crash: named spaces that change together, epoch by epoch.
 *
 * All that was written since the last commit becomes durable with the next one, as a whole, or is gone after a crash.
 * Writes happen at a cut, or when memory is given back before one; they are sync, since state is read in the middle of a
 * call of a user's function. Whoever has a store open is the only one.
 */
export interface StateStore {
  /** Names the job: random, made with the store, and kept by its backups. Sinks know by it what they have of the job. */
  readonly id: string;
  /** The last epoch that is durable; 0 for a store that is new. */
  readonly epoch: number;
  space(name: string): StateSpace;
  /** The names of all spaces that hold something. */
  spaces(): readonly string[];
  /** Makes all that was written durable; when it resolves, `epoch` is the last one. An error ends the job. */
  commit(epoch: number): Promise<void>;
  /** Closes the store; what was not committed is gone. */
  close(): void;
}
