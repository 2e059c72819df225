import type { Disk, Scratch, ScratchFile } from '../../model/index.ts';
import { BlockFile } from './block-file.ts';

/** Where what does not fit into memory goes: temporary files that are removed with the run. */
export class Spill {
  readonly #disk: Disk;
  readonly #onWarning: (message: string) => void;
  readonly #onRead: () => void;
  readonly #told = new Set<string>();
  readonly #files: ScratchFile[] = [];
  #scratch: Scratch | undefined;

  /** `onRead` is called now and then while what lies there is read back. */
  constructor(disk: Disk, onWarning: (message: string) => void, onRead: () => void) {
    this.#disk = disk;
    this.#onWarning = onWarning;
    this.#onRead = onRead;
  }

  /** Bytes that were written so far. */
  get bytes(): number {
    return this.#files.reduce((sum, file) => sum + file.size, 0);
  }

  readonly warn = (reason: string): void => {
    if (this.#told.has(reason) || this.#told.size >= 5) return;
    this.#told.add(reason);
    this.#onWarning(`what can't be written to disk stays in memory: ${reason}`);
  };

  file(): BlockFile {
    this.#scratch ??= this.#disk.scratch();
    const file = this.#scratch.file();
    this.#files.push(file);
    return new BlockFile(file, this.#onRead);
  }

  dispose(): void {
    this.#scratch?.dispose();
    this.#scratch = undefined;
  }
}
