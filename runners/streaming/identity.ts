import { fromBytes, type Host, type StateSpace, type StateStore, structuralCoder, toBytes } from '../../model/index.ts';

const SPACE = 'viga/job';

/** Who a job is, from its first epoch to its last. */
export interface Job {
  readonly id: string;
  readonly isFinished: boolean;
}

/** What a job's store says of it. */
interface JobRecord {
  readonly id: string;
  readonly isFinished: boolean;
}

const KEY = Buffer.from('job');

/** The job of a store: the one that made it, or a new one. */
export function jobOf(store: StateStore, host: Host): Job {
  const space = store.space(SPACE);
  const found = readRecord(space);
  if (found !== undefined) return found;
  const made: JobRecord = { id: randomId(host), isFinished: false };
  writeRecord(space, made);
  return made;
}

/** Says, with the epoch that is committed next, that the job has nothing left to do. */
export function markFinished(store: StateStore): void {
  const space = store.space(SPACE);
  const found = readRecord(space);
  if (found !== undefined) writeRecord(space, { ...found, isFinished: true });
}

function readRecord(space: StateSpace): JobRecord | undefined {
  const bytes = space.get(KEY);
  // Written by `writeRecord`.
  return bytes && (fromBytes(structuralCoder, bytes) as JobRecord);
}

const writeRecord = (space: StateSpace, record: JobRecord): void => space.put(KEY, toBytes(structuralCoder, record));

/** Names a job so that no other has the same: sinks keep what they have of it by this name. */
const randomId = ({ random }: Host): string =>
  Array.from({ length: 4 }, () =>
    Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
