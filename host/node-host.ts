import { AsyncLocalStorage } from 'node:async_hooks';
import type { AsyncScope, Host } from '../model/index.ts';
import { canGenerateCode } from './codegen.ts';
import { nodeClock } from './clock.ts';
import { nodeDisk } from './disk.ts';
import { onProcessExit } from './exit.ts';
import { nodeMemory } from './memory.ts';
import { randomSeed, seededRandom } from './random.ts';
import { type OnStateOpened, openStateStore } from './state-store/index.ts';

/** What {@link nodeHost} can be asked for. */
export interface NodeHostOptions {
  /** A whole number; the same seed gives the same random numbers. Default: another one each time. */
  readonly seed?: number;
  /** Where temporary files go. Default: TMPDIR, or the system's own place. */
  readonly scratchDirectory?: string;
  /** Told when a job's state directory is this process's own; what it returns is called before that ends. */
  readonly onStateOpened?: OnStateOpened | undefined;
}

/**
 * The machine as Node shows it: what the engine and connectors take clock, randomness and disk from.
 *
 * @throws RangeError if the seed is not a safe integer.
 */
export function nodeHost(options: NodeHostOptions = {}): Host {
  const random = seededRandom(options.seed ?? randomSeed());
  const disk = nodeDisk(options.scratchDirectory);
  return {
    clock: nodeClock,
    random,
    disk,
    memory: nodeMemory,
    codegen: canGenerateCode(),
    yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
    asyncScope,
    openStateStore: (directory) => openStateStore(directory, { disk, random, onStateOpened: options.onStateOpened }),
    // On standard error, or to who listens for warnings: a command line that draws its own screen.
    warn: (message) => process.emitWarning(message, 'VigaWarning'),
    onExit: onProcessExit,
  };
}

function asyncScope<T>(): AsyncScope<T> {
  const storage = new AsyncLocalStorage<T>();
  return {
    run: (value, fn) => storage.run(value, fn),
    enter: (value) => storage.enterWith(value),
    get: () => storage.getStore(),
  };
}
