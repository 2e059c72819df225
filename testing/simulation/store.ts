import { StateError, type StateStore } from '../../model/index.ts';
import { checkedSpace } from './checked-space.ts';
import { MemoryDisk } from '../../runners/state/index.ts';
import type { SimulatedProcess } from './process.ts';
import type { World } from './world.ts';

/** Opens a job's state; without a directory one that ends with the process. */
export function openSimulatedStore(world: World, process: SimulatedProcess, directory: string | undefined): StateStore {
  if (directory === undefined) return new MemoryDisk('memory').open();
  const state = world.state(directory);
  const store = checkedStore(state.disk.open(), directory);
  world.note(`state ${directory} is opened at epoch ${store.epoch}`);
  process.enter('restoring');
  process.onEnd(() => state.disk.crash());
  const commit = (epoch: number): Promise<void> => {
    const done = store.commit(epoch);
    if (store.epoch === epoch) world.watch.committed?.(store, epoch);
    return done;
  };
  return {
    get id() {
      return store.id;
    },
    get epoch() {
      return store.epoch;
    },
    space: (name) => store.space(name),
    spaces: () => store.spaces(),
    commit: (epoch) =>
      process.call('commit', () => commit(epoch), {
        fail: (moment) => (moment === 'before' ? failedCommit(state, commit, epoch) : unwitnessed(directory)),
      }),
    close: () => store.close(),
  };
}

/** As in the real store nothing can be written any more once a damaged row was met, whoever catches the error. */
function checkedStore(store: StateStore, directory: string): StateStore {
  let damage: StateError | undefined;
  const broken = (error: StateError): void => {
    damage ??= error;
  };
  return {
    get id() {
      return store.id;
    },
    get epoch() {
      return store.epoch;
    },
    space: (name) => checkedSpace(store.space(name), directory, broken),
    spaces: () => store.spaces(),
    async commit(epoch) {
      if (damage !== undefined) throw damage;
      await store.commit(epoch);
    },
    close: () => store.close(),
  };
}

async function failedCommit(
  state: ReturnType<World['state']>,
  commit: (epoch: number) => Promise<void>,
  epoch: number,
): Promise<void> {
  state.fault = 'fails';
  try {
    await commit(epoch);
  } finally {
    state.fault = undefined;
  }
}

/** The epoch is durable; that it is could not be noted. */
async function unwitnessed(directory: string): Promise<never> {
  throw new StateError(
    directory,
    'failed',
    'EIO: the witness of the epoch could not be written. The job can not say what it told. Start it again: it goes on from its last epoch.',
  );
}
