import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chance } from '../../../testing/simulation/index.ts';
import { Feed } from './feed.ts';
import { eventsOf, writeLines } from './input.ts';
import { JOBS, type JobName, placesIn } from './places.ts';
import { type Verdict, verify } from './verify.ts';

/** Where a process was when it was killed, by the last that it said. */
export type Phase =
  | 'starting'
  | 'opening'
  | 'restoring'
  | 'running'
  | 'draining'
  | 'after commit'
  | 'between commit and delivery'
  | 'in a delivery'
  | 'after delivery';

/** What a campaign has shown. */
export interface Campaign {
  readonly kills: ReadonlyMap<Phase, number>;
  /** Of the kills, those while another process still wrote the log that the job reads. */
  readonly killsWhileWritten: number;
  /** Of the kills, those of a process that had been asked to drain. */
  readonly killsWhileDraining: number;
  readonly rounds: number;
  readonly verdict: Verdict;
  /** Runs that ended by themselves and not well. */
  readonly failures: readonly string[];
}

/** What a campaign does. */
export interface CampaignOptions {
  readonly kills: number;
  readonly seed: number;
  readonly events: number;
  readonly say: (line: string) => void;
}

/** How a process is to be killed: some milliseconds after it began to run, to restore or to drain, or right before a delivery. */
type Plan =
  | { readonly after: 'running' | 'restoring' | 'draining'; readonly wait: number }
  | { readonly after: 'delivering'; readonly count: number; readonly wait: number };

/** Kills jobs with -9 again and again, lets each finish in the end, and compares its output with its input. */
export async function runCampaign({ kills, seed, events: count, say }: CampaignOptions): Promise<Campaign> {
  const chance = new Chance(seed, 'kills');
  const directory = mkdtempSync(join(tmpdir(), 'viga-kill-'));
  const events = eventsOf(seed, count);
  writeLines(events, placesIn(directory, directory));
  const phases = new Map<Phase, number>();
  const failures: string[] = [];
  const total = { lost: 0, duplicate: 0, phantom: 0, elements: 0 };
  let killed = 0;
  let killsWhileWritten = 0;
  let killsWhileDraining = 0;
  let feed: Feed | undefined;
  let rounds = 0;
  try {
    while (killed < kills && failures.length === 0) {
      const job = JOBS[rounds % JOBS.length] ?? 'windows';
      const round = join(directory, `round-${rounds++}`);
      mkdirSync(round);
      feed = job === 'windows' ? new Feed(placesIn(directory, round).log, seed, count) : undefined;
      for (let runs = 0; ; runs++) {
        // The last run of a round is not killed.
        const plan = killed < kills && runs < MOST_KILLS ? drawPlan(chance, job) : undefined;
        const end = await runChild({ job, input: directory, round, interval: chance.pick([50, 100, 300]), plan, feed });
        if (end.kind === 'killed') {
          killed++;
          if (feed?.isWriting === true) killsWhileWritten++;
          if (end.isDraining) killsWhileDraining++;
          phases.set(end.phase, (phases.get(end.phase) ?? 0) + 1);
          continue;
        }
        if (end.kind === 'failed') failures.push(`${job}, round ${rounds}: ${end.message}`);
        break;
      }
      if (failures.length > 0) break;
      feed?.check();
      const verdict = await verify(job, placesIn(directory, round), events);
      for (const key of ['lost', 'duplicate', 'phantom', 'elements'] as const) total[key] += verdict[key];
      say(`round ${rounds}, ${job}: ${killed} kills so far; ${shown(verdict)}`);
      rmSync(round, { recursive: true });
    }
  } finally {
    feed?.end();
    rmSync(directory, { recursive: true, force: true });
  }
  return { kills: phases, killsWhileWritten, killsWhileDraining, rounds, verdict: total, failures };
}

/** Kills in one round: more would only be more of the same state. */
const MOST_KILLS = 8;

export const shown = ({ lost, duplicate, phantom }: Verdict): string =>
  `lost ${lost}, duplicate ${duplicate}, phantom ${phantom}`;

function drawPlan(chance: Chance, job: JobName): Plan {
  const kinds = ['running', 'running', 'restoring', 'delivering'] as const;
  // Only what reads for ever is drained: one that is to be killed then runs until all is written and read.
  const kind = job === 'windows' && chance.happens(0.3) ? 'draining' : chance.pick(kinds);
  if (kind === 'delivering') {
    // What ends is delivered once, at its end.
    const count = job === 'windows' ? 1 + chance.below(3) : 1;
    return { after: kind, count, wait: chance.pick([0, 0, chance.between(8, 40)]) };
  }
  // Exponential: mostly soon, sometimes late.
  const wait = -Math.log(1 - chance.between(0, 0.999)) * { running: 300, restoring: 8, draining: 15 }[kind];
  return { after: kind, wait };
}

type End =
  | { readonly kind: 'killed'; readonly phase: Phase; readonly isDraining: boolean }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly message: string };

const PHASES: Readonly<Record<string, Phase>> = {
  opening: 'opening',
  restoring: 'restoring',
  running: 'running',
  draining: 'draining',
  committed: 'after commit',
  delivering: 'between commit and delivery',
  writing: 'in a delivery',
  delivered: 'after delivery',
};

/** One process of a job. */
interface ChildRun {
  readonly job: JobName;
  readonly input: string;
  readonly round: string;
  readonly interval: number;
  readonly plan: Plan | undefined;
  readonly feed: Feed | undefined;
}

function runChild({ job, input, round, interval, plan, feed }: ChildRun): Promise<End> {
  const script = join(import.meta.dirname, 'child.ts');
  const args = ['--disable-warning=ExperimentalWarning', script, job, input, round, String(interval)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let last = '';
  let isDraining = false;
  let deliveries = 0;
  let errors = '';
  const kill = (): void => void child.kill('SIGKILL');
  let timer: NodeJS.Timeout | undefined;
  let forget: (() => void) | undefined;
  const see = (mark: string): void => {
    last = mark;
    isDraining ||= mark === 'draining';
    // From then on it knows what SIGTERM asks of it.
    if (mark === 'opening') forget ??= feed?.whenRead(() => void child.kill('SIGTERM'));
    if (plan === undefined) return;
    if (plan.after === 'delivering') {
      if (mark === 'delivering' && ++deliveries === plan.count) timer = setTimeout(kill, plan.wait);
    } else if (mark === plan.after) timer ??= setTimeout(kill, plan.wait);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const mark of text.split('\n')) if (mark !== '') see(mark);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      forget?.();
      if (last === 'done') resolve({ kind: 'done' });
      else if (signal === 'SIGKILL') resolve({ kind: 'killed', phase: PHASES[last] ?? 'starting', isDraining });
      else resolve({ kind: 'failed', message: `it ended with ${code ?? signal}: ${errors.trim().slice(0, 2_000)}` });
    });
  });
}
