import type { SimulatedProcess, Watch } from '../../../testing/simulation/index.ts';

/** Looks at what a process holds in memory, by the engine's own estimate, each time that it reaches outside. */
export interface MemoryLook extends Watch {
  /** Bytes that the present process may hold. */
  limit: number | undefined;
  /** What a job that has come to its end still holds. */
  finalProblems(process: SimulatedProcess): readonly string[];
}

export function memoryWatch(problems: string[]): MemoryLook {
  let most = 0;
  return {
    limit: undefined,
    reached(process) {
      const held = process.heldBytes;
      if (this.limit === undefined || held <= this.limit || held <= most) return;
      most = held;
      problems.push(`a process that may hold ${this.limit} bytes holds ${held} while ${process.phase}`);
    },
    finalProblems: ({ heldBytes }) => (heldBytes === 0 ? [] : [`a job that has ended holds ${heldBytes} bytes`]),
  };
}
