import type { Host } from '../../../model/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';

/** A host whose stores tell of each commit, by its epoch, when it is over. */
export function hostThatTells(onCommit: (epoch: number) => void): Host {
  const host = virtualHost();
  return {
    ...host,
    async openStateStore(directory) {
      const store = await host.openStateStore(directory);
      const commit = store.commit.bind(store);
      store.commit = async (epoch) => {
        await commit(epoch);
        onCommit(epoch);
      };
      return store;
    },
  };
}
