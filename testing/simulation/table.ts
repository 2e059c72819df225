import { ConnectorError, type Delivery, type Sink, type SinkBatch, type SinkContext } from '../../model/index.ts';
import type { SimulatedProcess } from './process.ts';
import type { World } from './world.ts';

/** A system that can't be reached for a moment, or whose answer was lost. */
export function transient(place: string): never {
  throw new ConnectorError(place, 'the connection was reset. What was asked may have happened or not. Ask again.', {
    retryable: true,
  });
}

/** A row as a table has it, with the epoch that brought it. */
export interface StoredRow<out T> {
  readonly row: T;
  readonly epoch: number;
}

/**
 * A table with transactions, and a ledger beside it: `deliver` writes rows and the ledger's row in one transaction, and
 * nothing if the ledger has the epoch. Answers may be lost after the commit.
 */
export class LedgerTable<T> {
  readonly name: string;
  readonly rows: StoredRow<T>[] = [];
  readonly problems: string[] = [];
  readonly #world: World;
  readonly #ledger = new Map<string, number>();
  readonly #refuses: (row: T) => boolean;

  /** Rows that it `refuses` it hands back, as a constraint of a database would. */
  constructor(world: World, name: string, refuses: (row: T) => boolean = () => false) {
    this.#world = world;
    this.name = name;
    this.#refuses = refuses;
  }

  sink(process: SimulatedProcess): Sink<T, never> {
    const fail = () => transient(this.name);
    return {
      kind: 'sink',
      name: `Write(${this.name})`,
      guarantee: 'transactional',
      location: `simulated:${this.name}`,
      open: () => onlyDelivers(this.name),
      commit: () => onlyDelivers(this.name),
      deliver: (delivery, context) =>
        process.call('table deliver', () => this.#deliver(delivery, context), { fail, lingers: true }),
      delivered: (jobId, { step }) =>
        process.call('table ledger', () => this.#ledger.get(`${jobId} ${step}`), { isLook: true }),
    };
  }

  #deliver(delivery: Delivery<T>, { step, reject }: SinkContext): void {
    const { jobId, epoch } = delivery;
    const key = `${jobId} ${step}`;
    const has = this.#ledger.get(key) ?? 0;
    if (epoch <= has) {
      this.#world.note(`${this.name} has epoch ${epoch}`);
      return;
    }
    const taken: StoredRow<T>[] = [];
    for (const row of rowsOf(delivery.batches())) {
      if (this.#refuses(row)) reject(row, new Error(`${this.name} takes no such row`));
      else taken.push({ row, epoch });
    }
    this.rows.push(...taken);
    this.#ledger.set(key, epoch);
    const durable = this.#world.state('/state').disk.epoch;
    if (epoch > durable) this.problems.push(`${this.name} has epoch ${epoch}, and the job's last is ${durable}`);
  }
}

/** Rows that the engine stages, as plain data. */
interface Staged<T> {
  readonly rows: readonly T[];
}

/**
 * A table whose rows have keys: a row replaces the one with its key. It has no transactions, so an epoch may arrive in part,
 * and again.
 */
export class UpsertTable<T> {
  readonly name: string;
  readonly rows = new Map<string, StoredRow<T>>();
  readonly #keyOf: (row: T) => string;

  constructor(name: string, keyOf: (row: T) => string) {
    this.name = name;
    this.#keyOf = keyOf;
  }

  sink(process: SimulatedProcess): Sink<T, Staged<T>> {
    return stagingSink(this.name, 'idempotent', process, (row, epoch) => {
      this.rows.set(this.#keyOf(row), { row, epoch });
    });
  }
}

/** A log that is only appended to: what is written again is there again. */
export class AppendLog<T> {
  readonly name: string;
  readonly rows: StoredRow<T>[] = [];
  /** How often the commit of each epoch was begun. */
  readonly attempts = new Map<number, number>();

  constructor(name: string) {
    this.name = name;
  }

  sink(process: SimulatedProcess): Sink<T, Staged<T>> {
    const append = (row: T, epoch: number): void => {
      this.rows.push({ row, epoch });
    };
    const sink = stagingSink(this.name, 'append', process, append);
    return {
      ...sink,
      commit: (staged, context) => {
        const epoch = context.job?.epoch ?? 0;
        this.attempts.set(epoch, (this.attempts.get(epoch) ?? 0) + 1);
        return sink.commit(staged, context);
      },
    };
  }
}

/** Stages rows in what the engine keeps, and stores them one by one: each is a request of its own. */
function stagingSink<T>(
  name: string,
  guarantee: 'idempotent' | 'append',
  process: SimulatedProcess,
  store: (row: T, epoch: number) => void,
): Sink<T, Staged<T>> {
  return {
    kind: 'sink',
    name: `Write(${name})`,
    guarantee,
    location: `simulated:${name}`,
    async open() {
      const rows: T[] = [];
      return {
        write: (batch) => void rows.push(...batch.values),
        prepare: async () => ({ rows }),
        abort: async () => undefined,
      };
    },
    async commit({ rows }, { job }) {
      for (const row of rows) {
        await process.call(`${guarantee} put`, () => store(row, job?.epoch ?? 0), { fail: () => transient(name) });
      }
    },
  };
}

function* rowsOf<T>(batches: Iterable<SinkBatch<T>>): Iterable<T> {
  for (const { values } of batches) yield* values;
}

const onlyDelivers = (name: string): Promise<never> =>
  Promise.reject(
    new ConnectorError(
      name,
      'it takes whole epochs only. A run without a state directory has none. Give the run a state directory.',
    ),
  );
