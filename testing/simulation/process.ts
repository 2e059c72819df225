import { nodeHost } from '../../host/index.ts';
import type { Host, MemoryGauge } from '../../model/index.ts';
import { simulatedDisk } from './disk.ts';
import { openSimulatedStore } from './store.ts';
import type { World } from './world.ts';

/** How a call leaves its process. */
export interface CallOptions {
  /** How it fails where the plan says so: before it has happened, or after. Without, it never does. */
  readonly fail?: (moment: 'before' | 'after') => unknown;
  /** Whether it only looks: then nothing is lost or doubled by it. */
  readonly isLook?: boolean;
  /** Whether it may still arrive when the process has ended meanwhile, as what was sent over a network. */
  readonly lingers?: boolean;
}

/** Of requests that are under way when a process ends, so many arrive all the same. */
const LINGERING = 0.5;

/** A promise that nobody keeps. */
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** What a process is doing: it begins, takes up what another left, works, or comes to its end since it was told to. */
export type Phase = 'starting' | 'restoring' | 'running' | 'draining';

/**
 * A process of a simulated world: its `host`, and how it reaches what is outside. When it has ended, by a crash or otherwise,
 * no call of it comes back any more and nothing it does has an effect.
 */
export class SimulatedProcess {
  readonly host: Host;
  readonly #world: World;
  readonly #name: string;
  readonly #calls = new Map<object, boolean>();
  readonly #onEnd: (() => void)[] = [];
  readonly #held: (() => number)[] = [];
  #isAlive = true;
  phase: Phase = 'starting';

  constructor(world: World, number: number) {
    this.#world = world;
    this.#name = `process ${number}`;
    this.host = hostOf(world, this, number);
    world.note(`${this.#name} starts`);
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** What its runs hold in memory, by their own estimate. */
  get heldBytes(): number {
    return this.#held.reduce((sum, held) => sum + held(), 0);
  }

  /** Adds something to what it holds in memory. */
  watchMemory(held: () => number): void {
    this.#held.push(held);
  }

  /** It has come to another phase; a drain stays one. */
  enter(phase: Phase): void {
    if (this.phase !== 'draining') this.phase = phase;
  }

  /** Calls what is outside: it happens after a while, unless the process or the call meets its end first. */
  call<T>(kind: string, happen: () => T, options: CallOptions = {}): Promise<Awaited<T>> {
    if (!this.#isAlive) return never();
    const { fail, isLook = false, lingers = false } = options;
    const world = this.#world;
    const verdict = world.decide(kind, 'before', { isChange: !isLook, process: this });
    if (verdict === 'kill' || verdict === 'power loss') {
      this.#crash(verdict);
      return never();
    }
    return new Promise((resolve, reject) => {
      const call = {};
      this.#calls.set(call, lingers);
      const arrive = (): void => {
        this.#calls.delete(call);
        if (verdict === 'fail' && fail !== undefined) resolve(fail('before') as Awaited<T>);
        else resolve(this.#happen(kind, happen, options) as Awaited<T>);
      };
      world.schedule.plan(
        world.faults.latency(kind),
        () => {
          try {
            arrive();
          } catch (error) {
            reject(error);
          }
        },
        { owner: call },
      );
    });
  }

  #happen<T>(kind: string, happen: () => T, { fail, isLook = false }: CallOptions): unknown {
    const world = this.#world;
    const result = happen();
    world.note(`${this.#name} ${kind}${this.#isAlive ? '' : ' arrives late'}`);
    if (isLook || !this.#isAlive) return result;
    const verdict = world.decide(kind, 'after', { isChange: true, process: this });
    if (verdict === 'fail' && fail !== undefined) return fail('after');
    if (verdict !== 'kill' && verdict !== 'power loss') return result;
    this.#crash(verdict);
    return never();
  }

  /** A value, after some milliseconds of the world's time: work of the process that waits for nothing outside of it. */
  after<T>(delay: number, value: T): Promise<T> {
    if (!this.#isAlive) return never();
    return new Promise((resolve) => void this.#world.schedule.plan(delay, () => resolve(value), { owner: this }));
  }

  /** What is to happen when it ends. */
  onEnd(callback: () => void): void {
    this.#onEnd.push(callback);
  }

  /** Ends it at once; what it has written stays. */
  end(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#world.note(`${this.#name} ends`);
    for (const [call, lingers] of this.#calls) {
      if (!lingers || !this.#world.chance.happens(LINGERING)) this.#world.schedule.forget(call);
    }
    this.#world.schedule.forget(this);
    for (const callback of this.#onEnd) callback();
  }

  #crash(verdict: 'kill' | 'power loss'): void {
    this.end();
    if (verdict === 'power loss') this.#world.losePower();
  }
}

/** Memory as the engine sees it: what runs hold, by their own estimate, beside a program of no size. */
function memoryOf(process: SimulatedProcess): MemoryGauge {
  const size = (): number => process.heldBytes;
  return {
    rss: size,
    peakRss: size,
    heapUsed: size,
    heapSpare: () => 0,
    heapLimit: () => 4 * 2 ** 30,
    collect: () => undefined,
    cpuMs: () => 0,
    total: () => 8 * 2 ** 30,
    watch: (held) => process.watchMemory(held),
  };
}

function hostOf(world: World, process: SimulatedProcess, number: number): Host {
  const { schedule } = world;
  const base = nodeHost({ seed: (world.seed * 1_009 + number) % 2 ** 31 });
  const alive = <T>(): Promise<T> | undefined => (process.isAlive ? undefined : never<T>());
  return {
    ...base,
    memory: memoryOf(process),
    clock: {
      now: () => world.wallTime,
      monotonic() {
        schedule.pass(world.faults.lookCost);
        return schedule.now;
      },
      setTimer(delay, fire, options) {
        if (!process.isAlive) return () => undefined;
        return schedule.plan(delay, fire, { owner: process, isBackground: options?.isBackground ?? false });
      },
    },
    disk: simulatedDisk(world, process),
    yieldTurn: () =>
      alive<void>() ?? new Promise((resolve) => void schedule.plan(0, () => resolve(), { owner: process })),
    openStateStore: async (directory) => alive() ?? openSimulatedStore(world, process, directory),
    warn: (message) => world.note(`warning: ${message}`),
    onExit: () => () => undefined,
  };
}
