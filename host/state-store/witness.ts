import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Disk, type DiskFile, StateError } from '../../model/index.ts';
import { damaged } from './refusals.ts';
import type { JobRow } from './schema.ts';

/**
 * A file beside the database that says which epoch others were told of.
 *
 * A damaged write-ahead log makes SQLite end at an earlier commit, without an error: it can't tell that from a crash. The
 * witness is written after each commit and before anyone is told, so a database that stands below it has lost something.
 * It has two slots, written in turn and in sectors of their own: a write that is torn by a crash leaves the other one.
 */
export const WITNESS = 'epoch.witness';

const SLOT = 512;
const SLOTS = 2;
const LENGTH = 128;
const MAGIC = 'viga epoch witness 1';

/** The witness of an open store. */
export class Witness {
  readonly #file: DiskFile;
  readonly #id: string;
  #slot = 0;

  private constructor(file: DiskFile, id: string) {
    this.#file = file;
    this.#id = id;
  }

  /** Puts a new witness in the place of the old one, and keeps it open. */
  static async create(disk: Disk, directory: string, { id, epoch }: JobRow): Promise<Witness> {
    const temporary = join(directory, `${WITNESS}.new`);
    const file = await disk.open(temporary, 'create');
    try {
      const witness = new Witness(file, id);
      for (let slot = 0; slot < SLOTS; slot += 1) await witness.write(epoch);
      await disk.rename(temporary, join(directory, WITNESS));
      await disk.syncDirectory(directory);
      return witness;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Returns when it is on stable storage that this epoch was committed. */
  async write(epoch: number): Promise<void> {
    await this.#file.write(slotOf({ id: this.#id, epoch }), this.#slot * SLOT);
    await this.#file.sync();
    this.#slot = (this.#slot + 1) % SLOTS;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/**
 * The last epoch that anyone was told of, and of which job; undefined where there is no witness.
 *
 * @throws StateError if no slot can be read.
 */
export async function readWitness(disk: Disk, directory: string): Promise<JobRow | undefined> {
  const path = join(directory, WITNESS);
  const found = await disk.stat(path);
  if (found === undefined) return undefined;
  if (found.kind !== 'file') {
    throw new StateError(
      path,
      'foreign',
      `this is a ${found.kind}. A state directory has a file of this name. Give the directory of a job.`,
    );
  }
  const file = await disk.open(path, 'read');
  try {
    const bytes = new Uint8Array(SLOT * SLOTS);
    const length = await file.read(bytes, 0, bytes.length, 0);
    const slots = [0, SLOT].map((start) => parseSlot(bytes.subarray(start, Math.min(start + LENGTH, length))));
    const last = slots.reduce((best, slot) => ((slot?.epoch ?? -1) > (best?.epoch ?? -1) ? slot : best), undefined);
    if (last === undefined) throw damaged(path, 'the last epoch');
    return last;
  } finally {
    await file.close();
  }
}

/** Text, so that it can be read with any tool, filled up with spaces; a crc of it at its end. */
function slotOf({ id, epoch }: JobRow): Uint8Array {
  const text = `${MAGIC} ${id} ${epoch} `;
  return new TextEncoder().encode(`${text}${crc32(text)}`.padEnd(LENGTH - 1, ' ').concat('\n'));
}

function parseSlot(bytes: Uint8Array): JobRow | undefined {
  const match = /^(viga epoch witness 1 (\S+) (\d+) )(\d+) *\n$/.exec(new TextDecoder('latin1').decode(bytes));
  if (match === null) return undefined;
  const [, text = '', id = '', epoch, crc] = match;
  return crc32(text) === Number(crc) ? { id, epoch: Number(epoch) } : undefined;
}
