import { nodeHost } from '../../host/index.ts';

// Commits epochs until it is killed, or `EPOCHS` of them; says so of each, after it was committed. Every row of an epoch
// says its number, so what is left of it can be judged.

const [directory = '', epochs = 'Infinity', rows = '50'] = process.argv.slice(2);
const store = await nodeHost().openStateStore(directory);
const cells = store.space('cells');
const last = Number(epochs);
process.stdout.write(`opened ${store.epoch}\n`);
for (let epoch = store.epoch + 1; epoch <= last; epoch += 1) {
  for (let row = 0; row < Number(rows); row += 1) {
    const key = Buffer.from(`row ${row}`);
    cells.put(key, Buffer.from(`epoch ${epoch} ${'x'.repeat(row * 3)}`));
    // Something of every epoch goes away again.
    store.space('gone').put(key, key);
    store.space('gone').delete(Buffer.from(`row ${row - 1}`));
  }
  await store.commit(epoch);
  process.stdout.write(`committed ${epoch}\n`);
}
// Killed while it is open, so that the write-ahead log stays as it is.
process.kill(process.pid, 'SIGKILL');
