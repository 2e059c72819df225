import type { Point, Verdict } from './faults.ts';

/** What was come by at one class of points, and what happened there. */
export interface PointCounts {
  passed: number;
  crashed: number;
  failed: number;
}

/** How often each class of points was passed, and how often the process ended or the call failed there. */
export class Coverage {
  readonly classes = new Map<string, PointCounts>();

  see({ kind, moment }: Point, verdict: Verdict): void {
    const counts = this.#of(`${kind}, ${moment}`);
    counts.passed++;
    if (verdict === 'fail') counts.failed++;
    else if (verdict !== 'go on') counts.crashed++;
  }

  /** Adds what another run covered. */
  add(other: Coverage): void {
    for (const [name, { passed, crashed, failed }] of other.classes) {
      const counts = this.#of(name);
      counts.passed += passed;
      counts.crashed += crashed;
      counts.failed += failed;
    }
  }

  get faults(): number {
    let faults = 0;
    for (const { crashed, failed } of this.classes.values()) faults += crashed + failed;
    return faults;
  }

  /** A line for each class, to be printed. */
  table(): readonly string[] {
    const names = [...this.classes.keys()].sort();
    const width = Math.max(...names.map((name) => name.length));
    const cell = (text: string | number): string => String(text).padStart(10);
    return [
      `${'point'.padEnd(width)}${cell('passed')}${cell('crashes')}${cell('failures')}`,
      ...names.map((name) => {
        const { passed, crashed, failed } = this.#of(name);
        return `${name.padEnd(width)}${cell(passed)}${cell(crashed)}${cell(failed)}`;
      }),
    ];
  }

  #of(name: string): PointCounts {
    let counts = this.classes.get(name);
    if (counts === undefined) {
      counts = { passed: 0, crashed: 0, failed: 0 };
      this.classes.set(name, counts);
    }
    return counts;
  }
}
