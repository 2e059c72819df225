// Pipelines over many elements, so that groupings and buffers leave memory, against plain arrays; and a disk that fails.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { nodeHost } from '../../host/index.ts';
import {
  type CombineFn,
  ConnectorError,
  create,
  fixedWindows,
  type KV,
  type PCollection,
  Pipeline,
  reshuffle,
  sessions,
  type TimestampCombiner,
  write,
} from '../../index.ts';
import type { Host } from '../../model/index.ts';
import { bothPaths } from '../helpers/runners.ts';
import { digest } from './functions.ts';
import { PATIENCE, runs } from './modes.ts';
import { rowsSink } from './rows-sink.ts';

const scratchDirectory = mkdtempSync(join(tmpdir(), 'viga-large-'));
afterAll(() => rmSync(scratchDirectory, { recursive: true }));

const COUNT = 24_000;
const PAD = 'x'.repeat(90);

interface Item {
  readonly n: number;
  readonly pad: string;
}

const items: readonly Item[] = Array.from({ length: COUNT }, (_, n) => ({ n, pad: `${PAD}${n}` }));
const timeOf = (n: number): number => (n * 7919) % 50_000;

/** A sorted list: an accumulator that grows. */
const sorted: CombineFn<Item, number[], number> = {
  name: 'sorted',
  createAccumulator: () => [],
  addInput: (list, { n }) => [...list, n].sort((a, b) => a - b),
  mergeAccumulators: (lists) => [...lists].flat().sort((a, b) => a - b),
  extractOutput: digest,
};

interface Shape {
  readonly keys: number;
  readonly isHot: boolean;
  readonly windows: 'global' | 'fixed' | 'sessions';
  readonly combiner: TimestampCombiner;
  readonly how: 'group' | 'combine';
}

const keyOf = (n: number, { keys, isHot }: Shape): unknown => {
  const k = isHot && n % 2 === 0 ? 0 : n % keys;
  return k % 3 === 0 ? { k } : k % 3 === 1 ? `k${k}` : k;
};

/** What is expected, as `rowsSink` shows it. */
function expected(shape: Shape): readonly string[] {
  const byKey = Map.groupBy(items, ({ n }) => JSON.stringify(keyOf(n, shape)));
  return [...byKey.values()]
    .flatMap((ofKey) =>
      windowed(
        ofKey.map(({ n }) => n),
        shape.windows,
      ),
    )
    .map(({ ns, name, max }) => {
      const times = ns.map(timeOf).sort((a, b) => a - b);
      const own = shape.combiner === 'earliest' ? times[0] : times.at(-1);
      return `${digest(ns)} @${shape.combiner === 'end-of-window' ? max : own} [${name}] ON_TIME`;
    })
    .sort();
}

function windowed(ns: readonly number[], windows: Shape['windows']) {
  if (windows === 'global') return [{ ns, name: 'global', max: 8.64e15 - 86_400_000 }];
  const parts: { ns: number[]; start: number; end: number }[] = [];
  for (const n of [...ns].sort((a, b) => timeOf(a) - timeOf(b))) {
    const t = timeOf(n);
    const start = windows === 'fixed' ? t - (t % 10_000) : t;
    const last = parts.at(-1);
    if (last !== undefined && start < last.end) {
      last.ns.push(n);
      if (windows === 'sessions') last.end = t + 20;
    } else parts.push({ ns: [n], start, end: windows === 'fixed' ? start + 10_000 : t + 20 });
  }
  return parts.map((part) => ({ ns: part.ns, name: `${part.start},${part.end}`, max: part.end - 1 }));
}

function build(shape: Shape) {
  const lines: string[] = [];
  const pipeline = new Pipeline();
  const input = pipeline
    .apply(create(items, { timestamps: items.map(({ n }) => timeOf(n)) }))
    .apply(reshuffle(), { name: 'Shuffle' });
  const { combiner: timestampCombiner } = shape;
  const inWindows: PCollection<Item> =
    shape.windows === 'sessions'
      ? input.windowInto(sessions({ gap: 20 }), { timestampCombiner })
      : shape.windows === 'fixed'
        ? input.windowInto(fixedWindows({ size: 10_000 }), { timestampCombiner })
        : input.map((item) => item);
  const keyed = inWindows.keyBy(({ n }) => keyOf(n, shape));
  const digests: PCollection<KV<unknown, number>> =
    shape.how === 'combine'
      ? keyed.combinePerKey(sorted, { name: 'Group' })
      : keyed.groupByKey({ name: 'Group' }).mapValues((values) => digest([...values].map(({ n }) => n)));
  digests.map(({ value }) => value).apply(write(rowsSink(lines)));
  return { pipeline, lines };
}

const shapes: fc.Arbitrary<Shape> = fc
  .record({
    keys: fc.constantFrom(3, 50, 4_000, 24_000),
    isHot: fc.boolean(),
    windows: fc.constantFrom('global' as const, 'fixed' as const, 'sessions' as const),
    combiner: fc.constantFrom('end-of-window' as const, 'earliest' as const, 'latest' as const),
    how: fc.constantFrom('group' as const, 'combine' as const),
  })
  // A list is copied for each element of its key; in the global window all timestamps have one combiner.
  .map((shape) => ({
    ...shape,
    ...(shape.how === 'combine' ? { isHot: false, keys: Math.max(4_000, shape.keys) } : {}),
    ...(shape.windows === 'global' ? { combiner: 'end-of-window' as const } : {}),
  }));

/** A machine whose disk is full after so many writes, or fails so many reads later. */
function failingHost(codegen: boolean, at: number, what: 'append' | 'read' | 'none'): Host {
  const host = nodeHost({ scratchDirectory });
  let left = at;
  const spend = (): void => {
    if (left-- <= 0) throw new ConnectorError('the scratch disk', 'no space is left. Free some.');
  };
  return {
    ...host,
    codegen,
    disk: {
      ...host.disk,
      scratch() {
        const scratch = host.disk.scratch();
        return {
          path: scratch.path,
          dispose: () => scratch.dispose(),
          file() {
            const file = scratch.file();
            return {
              get size() {
                return file.size;
              },
              append(bytes, length) {
                if (what === 'append') spend();
                file.append(bytes, length);
              },
              read(into, length, position) {
                if (what === 'read') spend();
                return file.read(into, length, position);
              },
              remove: () => file.remove(),
            };
          },
        };
      },
    },
  };
}

describe.each(bothPaths)('on the $path path', ({ path, runner }) => {
  const codegen = path === 'generated';

  test(
    'what leaves memory is grouped as what stays in it',
    async () => {
      await fc.assert(
        fc.asyncProperty(shapes, async (shape) => {
          const { pipeline, lines } = build(shape);
          const host = failingHost(codegen, 0, 'none');
          const { spilledBytes } = await pipeline.run(runner({ memoryLimit: 1, host }));
          expect(spilledBytes).toBeGreaterThan(1 << 20);
          expect([...lines].sort()).toEqual(expected(shape));
          expect(readdirSync(scratchDirectory)).toEqual([]);
        }),
        { numRuns: runs(4) },
      );
    },
    PATIENCE,
  );

  test(
    'a scratch disk that fails ends the run, and nothing is left or committed',
    async () => {
      await fc.assert(
        fc.asyncProperty(shapes, fc.nat(150), fc.constantFrom('append', 'read'), async (shape, at, what) => {
          const { pipeline, lines } = build(shape);
          const run = pipeline.run(runner({ memoryLimit: 1, host: failingHost(codegen, at, what) }));
          const ended = await run.then(
            () => 'done',
            (error: Error) => `${error.name}: ${error.message}`,
          );
          expect(ended).toMatch(
            /^(?:done|ConnectorError: the scratch disk: no space is left\. Free some\.|ElementError: Group: values of a group could not be read back from disk: the scratch disk: no space is left\. Free some\. They did .*)$/,
          );
          expect([...lines].sort()).toEqual(ended === 'done' ? expected(shape) : []);
          expect(readdirSync(scratchDirectory)).toEqual([]);
        }),
        { numRuns: runs(4) },
      );
    },
    PATIENCE,
  );
});
