import {
  encodeKey,
  fromBytes,
  type Graph,
  PipelineError,
  showValue,
  StateError,
  type StateSpace,
  type StateStore,
  structuralCoder,
  toBytes,
} from '../../model/index.ts';
import { forgetReading } from './saved-stages.ts';
import { type Shape, shapesOf } from './shapes.ts';
import { changesOf, refuseLoss, upgradeRows } from './upgrade.ts';

const SPACE = 'viga#job';
const KEY = Buffer.from('job');
const NOTHING: ReadonlySet<string> = new Set();

/** What a job's store says of it to a run. */
export interface JobState {
  /** Whether it has nothing left to do. */
  readonly isFinished: boolean;
  /** Whether it was asked to drain: its sources have stopped for good. */
  readonly isDraining: boolean;
}

/** What a run says of itself, to be compared with what the state says. */
export interface JobClaim {
  readonly graph: Graph;
  readonly directory: string | undefined;
  /** The pipeline's name; undefined where it has none. */
  readonly name: string | undefined;
  /** The options that change results, by name, fit to be shown. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Steps whose state may be lost. */
  readonly dropState: readonly string[];
  /** Told in one line what is odd and no error. */
  readonly warn: (message: string) => void;
}

/** All that it says. */
interface JobRecord extends JobState {
  readonly name: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  readonly shapes: readonly (readonly [string, Shape])[];
}

/**
 * The job of a store: the one that made it, or a new one.
 *
 * @throws StateError if the run is not one that can go on with what is kept: another pipeline, other options, steps that are
 * gone or keep something else.
 */
export function openJob(store: StateStore, claim: JobClaim): JobState {
  if (claim.directory === undefined) {
    tellNotDropped(claim.dropState, claim);
    return { isFinished: false, isDraining: false };
  }
  const shapes = shapesOf(claim.graph);
  refuseNumbered(claim.graph, shapes);
  const space = store.space(SPACE);
  const found = readRecord(space);
  const { name, options } = claim;
  const { isFinished = false, isDraining = false } = found ?? {};
  const dropped = found === undefined ? NOTHING : check(found, claim, shapes, store);
  tellNotDropped(
    claim.dropState.filter((step) => !dropped.has(step)),
    claim,
  );
  writeRecord(space, { isFinished, isDraining, name, options, shapes: [...shapes] });
  return { isFinished, isDraining };
}

/** Says, with the epoch that is committed next, that the job has nothing left to do. */
export const markFinished = (store: StateStore): void => mark(store, { isFinished: true });

/** Says, with the epoch that is committed next, that the job's sources have stopped. */
export const markDraining = (store: StateStore): void => mark(store, { isDraining: true });

function mark(store: StateStore, change: Partial<JobState>): void {
  const space = store.space(SPACE);
  const found = readRecord(space);
  if (found !== undefined) writeRecord(space, { ...found, ...change });
}

/** The space of a step's part: its name begins with the step's path, so that edits elsewhere do not touch it. */
export const spaceName = (step: string, part: string): string => `${step}#${part}`;

/** Returns the steps whose state it has let go. */
function check(
  found: JobRecord,
  claim: JobClaim,
  shapes: ReadonlyMap<string, Shape>,
  store: StateStore,
): ReadonlySet<string> {
  const { directory = 'the state', name, dropState } = claim;
  if (found.name !== name) {
    throw new StateError(
      directory,
      'foreign',
      `it holds the state of ${showValue(found.name)}, and ${showValue(name)} is run. Elements of one would be taken for the other's. Give each pipeline a directory of its own.`,
    );
  }
  refuseOtherOptions(directory, found.options, claim.options);
  const rows = upgradeRows(new Map(found.shapes), shapes, new Set(dropState));
  refuseLoss(directory, rows);
  const changes = changesOf(rows);
  if (changes !== undefined) {
    claim.warn(`${directory}: the program has changed since it ran here last. ${changes}. All else goes on as it was.`);
  }
  const dropped = new Set(rows.filter(({ verdict }) => verdict === 'dropped').map(({ step }) => step));
  for (const step of dropped) dropStep(store, step);
  return dropped;
}

/** Forgets all that a step has kept, and how far it has read. */
function dropStep(store: StateStore, step: string): void {
  for (const one of store.spaces().filter((space) => space.startsWith(spaceName(step, '')))) {
    store.space(one).deleteRange(new Uint8Array(0), undefined);
  }
  forgetReading(store, step);
}

/** An option that is left in a script would otherwise look as if it emptied something at each start, or hide a wrong name. */
function tellNotDropped(steps: readonly string[], { warn }: JobClaim): void {
  for (const step of steps) {
    warn(
      `--drop-state ${step}: nothing was dropped. Only what a changed program can't use is let go, and no step of this name has any. Leave it out, or correct the name.`,
    );
  }
}

function refuseOtherOptions(
  directory: string,
  saved: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): void {
  const different = [...new Set([...Object.keys(saved), ...Object.keys(now)])].find(
    (option) => encodeKey(saved[option] ?? null) !== encodeKey(now[option] ?? null),
  );
  if (different === undefined) return;
  throw new StateError(
    directory,
    'foreign',
    `${different} was ${showValue(saved[different])} and is ${showValue(now[different])} now. Results would be half of one and half of the other. Give the same value, or begin a new job with an empty directory.`,
  );
}

/** A name that was numbered is another's once a step is added before it. */
function refuseNumbered({ steps }: Graph, shapes: ReadonlyMap<string, Shape>): void {
  const [first, ...others] = steps
    .filter(({ path, hasNumberedName }) => hasNumberedName && shapes.has(path))
    .map(({ path }) => path);
  if (first === undefined) return;
  const alike = others.length === 0 ? '' : `, as ${others.length === 1 ? 'does' : 'do'} ${others.join(', ')}`;
  throw new PipelineError(
    first,
    `it keeps state under a name that was numbered because another has the same${alike}. The next edit may give the number to another step, and with it the state. Give what is numbered a name of its own: { name: ... } of the step, or of the apply(...) that it comes from.`,
  );
}

function readRecord(space: StateSpace): JobRecord | undefined {
  const bytes = space.get(KEY);
  // Written by `writeRecord`.
  return bytes && (fromBytes(structuralCoder, bytes) as JobRecord);
}

const writeRecord = (space: StateSpace, record: JobRecord): void => space.put(KEY, toBytes(structuralCoder, record));
