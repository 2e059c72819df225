import type { Point, Verdict } from './faults.ts';

/** What was come by at one class of points, and what happened there. */
export interface PointCounts {
  passed: number;
  crashed: number;
  failed: number;
}

/** How often each class of points was passed, and how often the process ended or the call failed there. */
export class Coverage {
  readonly classes: Classes = new Map();
  /** The same points by what the process was doing: a kill within a drain is one of another kind. */
  readonly phases: Classes = new Map();

  see({ kind, moment, phase }: Point, verdict: Verdict): void {
    for (const counts of [countsOf(this.classes, `${kind}, ${moment}`), countsOf(this.phases, `while ${phase}`)]) {
      counts.passed++;
      if (verdict === 'fail') counts.failed++;
      else if (verdict !== 'go on') counts.crashed++;
    }
  }

  /** Adds what another run covered. */
  add(other: Coverage): void {
    addAll(this.classes, other.classes);
    addAll(this.phases, other.phases);
  }

  get faults(): number {
    let faults = 0;
    for (const { crashed, failed } of this.classes.values()) faults += crashed + failed;
    return faults;
  }

  /** A line for each class and for each phase, to be printed. */
  table(): readonly string[] {
    const rows = [...byName(this.classes), ...byName(this.phases)];
    const width = Math.max(...rows.map(([name]) => name.length));
    const cell = (text: string | number): string => String(text).padStart(10);
    return [
      `${'point'.padEnd(width)}${cell('passed')}${cell('crashes')}${cell('failures')}`,
      ...rows.map(
        ([name, { passed, crashed, failed }]) => `${name.padEnd(width)}${cell(passed)}${cell(crashed)}${cell(failed)}`,
      ),
    ];
  }
}

type Classes = Map<string, PointCounts>;

function countsOf(classes: Classes, name: string): PointCounts {
  let counts = classes.get(name);
  if (counts === undefined) classes.set(name, (counts = { passed: 0, crashed: 0, failed: 0 }));
  return counts;
}

function addAll(to: Classes, from: Classes): void {
  for (const [name, { passed, crashed, failed }] of from) {
    const counts = countsOf(to, name);
    counts.passed += passed;
    counts.crashed += crashed;
    counts.failed += failed;
  }
}

const byName = (classes: Classes) => [...classes].sort(([a], [b]) => (a < b ? -1 : 1));
