import { tmpdir } from 'node:os';
import { nodeHost } from '../../host/index.ts';
import type { Runner } from '../../model/index.ts';
import { directRunner } from '../../runners/direct/index.ts';

/** All ways in which the direct runner may run a pipeline; each must give the same. */
export function modes(seed: number, scratchDirectory = tmpdir()): ReadonlyMap<string, () => Runner> {
  const host = () => nodeHost({ seed, scratchDirectory });
  const interpreted = () => ({ ...host(), codegen: false });
  const strict = { seed, bundleSizes: true, encode: true, mutation: true, permute: true };
  const all: [string, () => Runner][] = [
    ['generated', () => directRunner({ host: host() })],
    ['interpreted', () => directRunner({ host: interpreted() })],
    ['strict', () => directRunner({ strict, host: host() })],
    ['strict and interpreted', () => directRunner({ strict, host: interpreted() })],
    ['streaming', () => directRunner({ streaming: true, host: host() })],
    ['streaming, strict and interpreted', () => directRunner({ streaming: true, strict, host: interpreted() })],
    ['streaming, short of memory', () => directRunner({ streaming: true, memoryLimit: 1, host: host() })],
    ['short of memory', () => directRunner({ memoryLimit: 1, host: host() })],
  ];
  return new Map(all.filter(([mode]) => mode !== 'generated' || nodeHost().codegen));
}

const TIMES = Number(process.env['VIGA_PROPERTY_RUNS'] ?? 1);

/** How many random cases a property is tried with; VIGA_PROPERTY_RUNS=20 makes twenty times as many. */
export const runs = (byDefault: number): number => Math.ceil(byDefault * TIMES);

/** How long a property may take in all, and one case of it: a run that hangs is a counterexample. */
export const PATIENCE = 60_000 * Math.max(1, TIMES);
export const CASE_TIMEOUT = 15_000;
