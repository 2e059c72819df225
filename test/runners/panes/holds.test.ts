import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_TIMESTAMP, sessions, windowingStrategy } from '../../../model/index.ts';
import { Holds } from '../../../runners/panes/holds.ts';
import { MemoryDisk } from '../../../runners/state/index.ts';
import { add, end, type Event, Script, spill } from './script.ts';

const timestamp = fc.constantFrom(-2e15, -1_000.5, -1, 0, 0.25, 1, 7, 1_000, 2 ** 40);
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), timestamp }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), timestamp }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('look' as const, 'spill', 'save', 'restart') }) },
);

test('what is owed first is known whenever it is asked for, in memory, on disk and after a restart', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 60 }), async (acts) => {
      const disk = new MemoryDisk('job');
      let store = disk.open();
      let holds = new Holds(store.space('holds'));
      const owed: number[] = [];
      const reopen = async (): Promise<void> => {
        holds.save();
        await store.commit(store.epoch + 1);
        store.close();
        store = disk.open();
        holds = new Holds(store.space('holds'));
      };
      const expectEarliest = (): void => expect(holds.earliest()).toBe(Math.min(MAX_TIMESTAMP, ...owed));
      for (const one of acts) {
        if (one.kind === 'add') {
          owed.push(one.timestamp);
          holds.add(one.timestamp);
        } else if (one.kind === 'remove') {
          const at = owed.indexOf(one.timestamp);
          if (at < 0) continue;
          owed.splice(at, 1);
          holds.remove(one.timestamp);
        } else if (one.kind === 'look') expectEarliest();
        else if (one.kind === 'restart') await reopen();
        else holds[one.kind]();
      }
      expectEarliest();
      await reopen();
      expectEarliest();
      // When all is over nothing is left, neither in memory nor on disk.
      for (const last of owed) holds.remove(last);
      expect(holds.earliest()).toBe(MAX_TIMESTAMP);
      holds.save();
      expect([...store.space('holds').scan()]).toEqual([]);
      expect(holds.bytes()).toBe(0);
    }),
    { numRuns: 500 },
  );
});

test('sessions that end each at a time of its own do not fill the memory with what they owe', async () => {
  const disk = new MemoryDisk('job');
  const windowing = windowingStrategy('Window', sessions({ gap: 10 }), {});
  const script = new Script(windowing, { store: () => disk.open() });
  const keys = 10_000;
  await script.tell(...Array.from({ length: keys }, (_, i): Event => add(`key ${i}`, i, i)));
  expect(script.grouping.canSpill).toBe(true);
  await script.tell(spill);
  expect([script.grouping.bytes(), script.grouping.hold()]).toEqual([0, 9]);
  // Some go on, and each of these owes something else then.
  await script.tell(...Array.from({ length: 100 }, (_, i) => add(`key ${i}`, i, i + 5)));
  expect(script.grouping.hold()).toBe(14);
  await script.tell(end);
  expect(script.fired.length).toBe(keys);
  expect(script.grouping.hold()).toBe(MAX_TIMESTAMP);
});
