import { StateError } from '../../../model/index.ts';
import { type Chance, damageFile, flipBit, type World } from '../../../testing/simulation/index.ts';
import { manifestProblems } from './manifests.ts';
import { OUTPUTS } from './pipeline.ts';

/** What lies on the disk between two processes, and may be damaged there. */
type Kept = 'state' | 'staged file' | 'journal' | 'manifest';

/** Damage that nobody has met yet. */
interface Pending {
  readonly kept: Kept;
  readonly path: string | undefined;
  readonly isThere: () => boolean;
  readonly mend: () => void;
}

/** How often something was damaged and how often refused by name; the rest was not looked at any more, or not needed. */
export interface WearCounts {
  damaged: number;
  refused: number;
}

/** Counts by what was damaged. */
export type WearSum = Map<string, WearCounts>;

/** Adds what was damaged in another trial. */
export function addWear(to: WearSum, from: ReadonlyMap<string, WearCounts>): void {
  for (const [kept, { damaged, refused }] of from) {
    const sum = to.get(kept) ?? { damaged: 0, refused: 0 };
    to.set(kept, { damaged: sum.damaged + damaged, refused: sum.refused + refused });
  }
}

/** Wears off what a job keeps, while no process runs, and brings a copy when that is refused by name. */
export class Wear {
  readonly counts = new Map<Kept, WearCounts>();
  readonly #world: World;
  readonly #state: string;
  #pending: Pending | undefined;

  /** `state` is the job's state directory. */
  constructor(world: World, state: string) {
    this.#world = world;
    this.#state = state;
  }

  /** Whether there is damage that may still be met: then nothing else is damaged. */
  get isPending(): boolean {
    if (this.#pending?.isThere() === false) this.#pending = undefined;
    return this.#pending !== undefined;
  }

  /** What is kept beside the output of jobs, in order: staged files, journals, manifests. */
  files(kept: Exclude<Kept, 'state'>): readonly string[] {
    return Object.values(OUTPUTS).flatMap((output) =>
      this.#world.files.below(`${output}.viga`).filter((path) => keptAs(path) === kept),
    );
  }

  /** Flips a bit of a value in the state. */
  damageState(chance: Chance): void {
    const mend = flipBit(this.#world.state(this.#state), chance);
    if (mend !== undefined) this.#damaged({ kept: 'state', path: undefined, isThere: () => true, mend });
  }

  /** Flips a bit of a file, or cuts it off. */
  damageFile(path: string, chance: Chance): void {
    const kept = keptAs(path);
    const damage = damageFile(this.#world.files, path, chance);
    if (damage === undefined || kept === undefined) return;
    this.#world.note(`${path} is ${damage.how}`);
    this.#damaged({ ...damage, kept });
  }

  /** Whether an error refuses what was damaged, by its name. Whoever runs the job brings a copy then. */
  refuses(error: unknown): boolean {
    const pending = this.#pending;
    if (pending === undefined || !isRefusal(error, pending)) return false;
    this.#count(pending.kept).refused++;
    pending.mend();
    this.#pending = undefined;
    return true;
  }

  /** What was damaged and never met: nobody may take it for whole. */
  problems(): readonly string[] {
    const pending = this.#pending;
    if (!this.isPending || pending?.path === undefined) return [];
    const { kept, path } = pending;
    const seen = Object.values(OUTPUTS).flatMap((output) => manifestProblems(this.#world.files, output, []));
    pending.mend();
    const isSeen = kept !== 'manifest' || seen.includes(`${path} is not what its checksum says`);
    return isSeen ? [] : [`${path} was damaged, and its checksum does not say so`];
  }

  #damaged(pending: Pending): void {
    this.#pending = pending;
    this.#count(pending.kept).damaged++;
    if (pending.path === undefined) this.#world.note('a bit of the state is flipped');
  }

  #count(kept: Kept): WearCounts {
    let counts = this.counts.get(kept);
    if (counts === undefined) this.counts.set(kept, (counts = { damaged: 0, refused: 0 }));
    return counts;
  }
}

/** Undefined for what is being written: nobody reads that. */
function keptAs(path: string): Exclude<Kept, 'state'> | undefined {
  if (path.endsWith('.half')) return undefined;
  if (/\/journal[^/]*\.json$/.test(path)) return 'journal';
  return /\/staging[^/]*\//.test(path) ? 'staged file' : 'manifest';
}

const isRefusal = (error: unknown, pending: Pending): boolean =>
  error instanceof Error &&
  ((pending.path === undefined
    ? error instanceof StateError && error.reason === 'damaged'
    : error.message.includes(`${pending.path}: this`)) ||
    isRefusal(error.cause, pending));
