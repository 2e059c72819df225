import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run, start, type Started } from './child.ts';

// Jobs with a state directory, as processes: what ends them, what goes on, and what is refused.

const steady = 'test/cli/fixtures/steady.ts';
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'viga-jobs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const state = () => path.join(folder, 'state');
const job = (...more: readonly string[]) => [
  steady,
  `--state-dir=${state()}`,
  `--output=${folder}/counts.db`,
  '--epoch-interval=50ms',
  ...more,
];

/** The seconds that were written, with their counts. */
function counted(): readonly { readonly second: number; readonly ticks: number }[] {
  if (!existsSync(`${folder}/counts.db`)) return [];
  const database = new DatabaseSync(`${folder}/counts.db`, { readOnly: true });
  try {
    return database.prepare('SELECT second, ticks FROM counts ORDER BY second').all() as never;
  } catch {
    // The table is not there yet.
    return [];
  } finally {
    database.close();
  }
}

const untilCounted = async (more: number): Promise<void> => {
  const before = counted().length;
  await expect.poll(() => counted().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(before + more);
};

async function running(): Promise<Started> {
  const started = start(job());
  await untilCounted(2);
  return started;
}

describe('a job that is asked to stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s saves its state and ends with 0; the next run goes on, and drain ends it',
    async (signal) => {
      const first = await running();
      first.child.kill(signal);
      expect(await first.ended).toBe(0);
      expect(first.written.err).toMatch(
        /^exactly-once for Counts\/Write, since Counts\/Write writes each epoch in one transaction with a row of its own ledger\nstate .*, new: all input is read from its start; .*\nsaving the state and stopping; .*\n✔ steady stopped with its state saved/,
      );
      expect(first.written.err).toContain('next    the same command goes on');
      const second = await running();
      expect(await run('bin/viga.mjs', 'drain', state())).toEqual({
        code: 0,
        out: '',
        err: 'the job was asked to drain\n',
      });
      expect(await second.ended).toBe(0);
      expect(second.written.err).toMatch(/^state .*, at epoch \d+$/m);
      expect(second.written.err).toContain('✔ steady drained and finished in');
      const rows = counted();
      expect(rows.map(({ second: end }) => end)).toEqual(rows.map((_, n) => n * 1_000 + 999));
      expect(rows.slice(0, -1).filter(({ ticks }) => ticks !== 100)).toEqual([]);
      const third = await run(...job());
      expect(third).toMatchObject({ code: 0, out: '' });
      expect(third.err).toContain('✔ steady was finished before: nothing was read or written.');
      expect(counted()).toEqual(rows);
    },
  );

  test('does not wait for a call that goes on for an hour: it is made again', async () => {
    const first = start(job('--hangs'));
    // The call is that for the first element behind these seconds.
    await untilCounted(20);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    const { child, ended } = start(job());
    await untilCounted(5);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    const rows = counted();
    expect(rows.map(({ second: end }) => end)).toEqual(rows.map((_, n) => n * 1_000 + 999));
    expect(rows.filter(({ ticks }) => ticks !== 100)).toEqual([]);
  });

  test('by viga stop does the same', async () => {
    const { ended, written } = await running();
    expect(await run('bin/viga.mjs', 'stop', state())).toMatchObject({ code: 0, err: 'the job was asked to stop\n' });
    expect(await ended).toBe(0);
    expect(written.err).toContain('✔ steady stopped with its state saved');
    const again = await run('bin/viga.mjs', 'stop', state());
    expect(again.code).toBe(4);
    expect(again.err).toContain('no job runs with this state directory.\n');
    expect(again.err).toContain('fix      What a job has saved is there for its next run.\n');
  });

  test('without a state directory is cancelled, with 130', async () => {
    const { child, ended } = start([steady, `--output=${folder}/counts.db`, '--epoch-interval=50ms']);
    await untilCounted(1);
    child.kill('SIGTERM');
    expect(await ended).toBe(130);
  });
});

test.each([
  ['a directory that is not there', 'nowhere', 'there is no such directory.'],
  ['a file', 'file', 'it is no directory.'],
  ['a directory of no job', '.', 'no job runs with this state directory.'],
])('nothing can be asked of %s', async (_, name, what) => {
  writeFileSync(path.join(folder, 'file'), '');
  for (const command of ['stop', 'drain']) {
    const { code, out, err } = await run('bin/viga.mjs', command, path.join(folder, name));
    expect([code, out]).toEqual([4, '']);
    expect(err).toContain(what);
    expect(err).not.toMatch(/^ +at /m);
  }
});

describe('a job that runs', () => {
  test('is listed, checked and copied, and goes on meanwhile', async () => {
    const { child, ended } = await running();
    const listed = await run('bin/viga.mjs', 'state', 'ls', state());
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(listed.out).toMatch(/^Job \S+, running, epoch \d+\n[\s\S]* {2}viga#job +1 row /);
    const checked = await run('bin/viga.mjs', 'state', 'verify', state(), '--json');
    expect(JSON.parse(checked.out)).toMatchObject({ isRunning: true, damaged: {} });
    const copied = await run('bin/viga.mjs', 'state', 'backup', state(), `${folder}/copy`);
    expect(copied.out).toMatch(/^Job \S+, running, epoch \d+: copied to /);
    await untilCounted(3);
    const copy = await run('bin/viga.mjs', 'state', 'verify', `${folder}/copy`);
    expect(copy.out).toMatch(/^Job \S+, epoch \d+: \d+ rows read, all as they were written\n$/);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    // The table has what came after the copy.
    const older = await run(...job(`--state-dir=${folder}/copy`));
    expect(older.code).toBe(4);
    expect(older.err).toMatch(
      /Counts\/Write: the sink has epoch \d+ of this job and the state directory stands at \d+/,
    );
  });

  test('and is killed after it was copied goes on from the copy where its own state is lost', async () => {
    // So long that no epoch comes between the copy and the kill.
    const slowly = job('--epoch-interval=3s');
    const { child, ended } = start(slowly);
    await untilCounted(1);
    const copied = await run('bin/viga.mjs', 'state', 'backup', state(), `${folder}/copy`);
    child.kill('SIGKILL');
    expect([copied.code, await ended]).toEqual([0, 'SIGKILL']);
    await rm(state(), { recursive: true });
    const again = start([...job(), `--state-dir=${folder}/copy`]);
    await untilCounted(5);
    again.child.kill('SIGTERM');
    expect(await again.ended).toBe(0);
    const rows = counted();
    expect(rows).toEqual(rows.map((_, n) => ({ second: n * 1_000 + 999, ticks: 100 })));
  });

  test.each([
    ['its directory is too deep for a socket', () => path.join(folder, 'a'.repeat(60), 'ä'.repeat(30))],
    ['a file has the name of its socket', () => state()],
  ])('can be asked where %s', async (_, directory) => {
    mkdirSync(path.dirname(directory()), { recursive: true });
    if (directory() === state()) {
      mkdirSync(state());
      writeFileSync(path.join(state(), 'control.sock'), 'notes');
    }
    const { ended } = start(job(`--state-dir=${directory()}`));
    await untilCounted(1);
    expect((await run('bin/viga.mjs', 'state', 'ls', directory())).out).toContain(', running,');
    expect(await run('bin/viga.mjs', 'stop', directory())).toMatchObject({ code: 0 });
    expect(await ended).toBe(0);
    expect(existsSync(path.join(state(), 'control.sock'))).toBe(directory() === state());
  });

  test('without a place for its socket says so, and runs', async () => {
    const deep = path.join(folder, 'd'.repeat(120));
    mkdirSync(deep);
    const { child, ended, written } = start(job(`--state-dir=${deep}/state`), { TMPDIR: deep });
    await untilCounted(1);
    expect(written.err).toMatch(/the job can not listen there \(its path is too long for a socket/);
    const listed = await run('bin/viga.mjs', 'state', 'ls', `${deep}/state`);
    expect(listed.code).toBe(4);
    expect(listed.err).toContain('a process has this state open and does not answer.');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});

describe('a run is refused, with exit code 4', () => {
  const refused = async (...more: readonly string[]): Promise<string> => {
    const { code, out, err } = await run(...job(...more));
    expect([code, out]).toEqual([4, '']);
    expect(err).not.toContain('bug in Viga');
    expect(err).toMatch(/\n {2}why {6}.*\n {2}fix {6}/);
    return err;
  };
  const stopped = async (): Promise<void> => {
    const { child, ended } = await running();
    child.kill('SIGTERM');
    await ended;
  };

  test('while another has the directory, which goes on', async () => {
    const { child, ended } = await running();
    expect(await refused()).toContain(state());
    await untilCounted(2);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('by options that change results, and not by others', async () => {
    await stopped();
    expect(await refused('--step=20')).toContain('--step was 10 and is 20 now.');
    const { child, ended } = start(job('--per-second=3000'));
    await untilCounted(2);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('by a program that has lost a step, with a table of all, until the step is dropped', async () => {
    await stopped();
    const err = await refused('--names=new');
    expect(err).toMatch(/\n {2}Count old +orphaned: the program has no such step\n/);
    expect(err).toMatch(/\n {2}Count new +compatible: it is new and starts empty\n/);
    const { child, ended } = start(job('--names=new', '--drop-state=Count old'));
    await untilCounted(2);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('by the state of another pipeline', async () => {
    await stopped();
    const other = await run('test/cli/fixtures/word-count.ts', '--text=a', `--state-dir=${state()}`);
    expect(other.code).toBe(4);
    expect(other.err).toContain('it holds the state of "steady", and "word-count" is run.');
  });

  test('by state that is damaged', async () => {
    await stopped();
    const file = path.join(state(), 'state.db');
    const handle = openSync(file, 'r+');
    for (let at = 0; at < statSync(file).size; at += 512) writeSync(handle, Buffer.alloc(64, 0xa5), 0, 64, at);
    closeSync(handle);
    expect(await refused()).toContain(state());
  });

  test('where the state directory is a file', async () => {
    writeFileSync(state(), 'notes');
    expect(await refused()).toContain('this is a file.');
    const below = await run(...job(`--state-dir=${state()}/below`));
    expect(below.err).toContain('no directory can be made here (ENOTDIR');
  });

  test('where a sink can not be promised what is required', async () => {
    const { code, err } = await run(steady, `--output=${folder}/counts.db`, '--require=exactly-once');
    expect(code).toBe(4);
    expect(err).toContain('Counts/Write: it would be best-effort, and exactly-once is required');
  });
});

test('a batch run has no state: to ask for both is a mistake of the command line', async () => {
  const { code, err } = await run(...job('--no-streaming'));
  expect(code).toBe(2);
  expect(err).toContain('--no-streaming: it contradicts --state-dir.');
});

test('what a step has kept is let go by a job that keeps something: else that is a mistake of the command line', async () => {
  const { code, err } = await run(steady, `--output=${folder}/counts.db`, '--drop-state=Count');
  expect(code).toBe(2);
  expect(err).toContain('--drop-state: there is no --state-dir.');
});

test('a job whose state directory is removed while it runs ends at once, with exit code 4', async () => {
  const { ended, written } = await running();
  rmSync(state(), { recursive: true });
  expect(await ended).toBe(4);
  expect(written.err).toContain(`${state()}: it was removed while the job ran.`);
  expect(existsSync(state())).toBe(false);
});

test('a page shows the run until it ends, and a port that is taken is a mistake of the command line', async () => {
  const { child, ended, written } = start(job('--ui-port=0'));
  await untilCounted(1);
  const [url = ''] = /(?<=^ui )http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/m.exec(written.err) ?? [];
  const text = await (await fetch(url)).text();
  expect(text).toContain('Counts/Write');
  expect(text).toContain('exactly-once');
  const taken = await run(steady, `--output=${folder}/other.db`, `--ui-port=${new URL(url).port}`);
  expect(taken.code).toBe(2);
  expect(taken.err).toMatch(/--ui-port: another program has port \d+\./);
  const events = await fetch(url.replace('/?', '/events?'));
  child.kill('SIGTERM');
  const told = await events.text();
  expect(told).toContain('"status":"stopped with its state saved","isOver":true');
  expect(await ended).toBe(0);
});
