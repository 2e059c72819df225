import { describe, expect, test } from 'vitest';
import { create, type Runner } from '../../index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { assertThat } from '../../testing/index.ts';
import { type Case, cancelled, fails, failsLeaving, item, itemId, refused, succeeds, survives } from './item.ts';
import type { Ledger } from './ledger.ts';
import { report, type Report } from './report.ts';

const ID = itemId(1);
const onLedger: Ledger = new Map([[ID, 'needs more']]);

const reportOf = (
  cases: readonly Case[],
  ledger: Ledger = new Map(),
  runner: Runner = directRunner(),
): Promise<Report> => report(item(1, 'An item.', ...cases), { runner, ledger });

const right = succeeds((p) => assertThat(p.apply(create([1]))).containsInAnyOrder([1]));
const wrong = succeeds((p) => assertThat(p.apply(create([1]))).containsInAnyOrder([2]));
const silent = succeeds((p) => void p.apply(create([1])));
const failing = (...patterns: readonly RegExp[]): Case =>
  fails(
    (p) => {
      p.apply(create([1])).map(
        () => {
          throw new Error('outer', { cause: new Error('inner') });
        },
        { name: 'Step' },
      );
    },
    ...patterns,
  );

test('an item whose assertions hold passes, and they are counted', async () => {
  expect(await reportOf([right])).toEqual({ id: ID, status: 'pass', assertions: 1 });
  const checked = succeeds(right.build, (check) => check.equal(1, 1));
  expect(await reportOf([right, checked])).toEqual({ id: ID, status: 'pass', assertions: 3 });
});

describe('the registry can fail:', () => {
  const failure = (problem: RegExp) => ({ id: ID, status: 'fail', reason: expect.stringMatching(problem) });

  test('an expectation that does not hold', async () => {
    expect(await reportOf([wrong])).toMatchObject(failure(/missing.*2.*extra.*1/));
    expect(await reportOf([right, wrong])).toMatchObject(failure(/^case 2 of 2: /));
  });

  test('a check of the result that does not hold', async () => {
    const verify = succeeds(right.build, (check, { result }) => check.equal(result.steps.length, 0));
    expect(await reportOf([verify])).toMatchObject(failure(/AssertionError/));
  });

  test('a pipeline that asserts nothing, also as one of several', async () => {
    expect(await reportOf([silent])).toEqual({ id: ID, status: 'fail', reason: 'no assertion ran', assertions: 0 });
    expect(await reportOf([right, silent])).toMatchObject(failure(/^case 2 of 2: no assertion ran/));
    expect(await reportOf([failing()])).toMatchObject(failure(/no assertion ran/));
  });

  test('an assertion of the pipeline that the runner never ran', async () => {
    const forgetful: Runner = {
      name: 'forgetful',
      async run(pipeline, options) {
        const result = await directRunner().run(pipeline, options);
        return { ...result, metric: (metric, step) => ({ ...result.metric(metric, step), committed: 1 as never }) };
      },
    };
    const two = succeeds((p) => {
      assertThat(p.apply(create([1]))).hasCount(1);
      assertThat(p.apply(create([2]))).hasCount(1);
    });
    expect(await reportOf([two], new Map(), forgetful)).toMatchObject(failure(/1 assertions ran.*has 2/));
  });

  test('a run that must fail and succeeds, or fails with other words', async () => {
    expect(await reportOf([fails(right.build, /x/)])).toMatchObject(failure(/must fail, and nothing was wrong/));
    expect(await reportOf([failing(/Step/, /other words/)])).toMatchObject(failure(/other words/));
    expect(await reportOf([failing(/Step/, /outer/, /inner/)])).toMatchObject({ status: 'pass', assertions: 3 });
  });

  test('a step that must be refused and is not, or one that is refused and must fail when it runs', async () => {
    const sameTwice: Case['build'] = (p) => {
      for (const n of [1, 2]) p.apply(create([n])).map((one) => one, { name: 'Same' });
    };
    expect(await reportOf([refused(sameTwice, /Same/)])).toMatchObject({ status: 'pass', assertions: 2 });
    expect(await reportOf([refused(right.build, /x/)])).toMatchObject(
      failure(/must be refused, and nothing was wrong/),
    );
    expect(await reportOf([fails(sameTwice, /Same/)])).toMatchObject(failure(/could not be built/));
  });

  test('a run that must be cancelled and comes to its end, or leaves something else than it must', async () => {
    expect(await reportOf([cancelled(right.build, () => undefined)])).toMatchObject(
      failure(/must be cancelled, and nothing was wrong/),
    );
    const leaving = failsLeaving(failing().build, (check, { files }) => check.equal(files, ['something']));
    expect(await reportOf([leaving])).toMatchObject(failure(/AssertionError/));
  });

  test('a run that must survive being killed and does not ask for it', async () => {
    const asked = { runner: directRunner(), ledger: new Map(), isDurable: true };
    // The item is looked up by the other process, where it has no such case.
    expect(await report(item(1, 'An item.', right, survives(right.build)), asked)).toMatchObject(
      failure(/the first run ended before it could be killed: .*7\.2\/001 has no case 2/),
    );
  });

  test('an item without a pipeline that the ledger does not excuse', async () => {
    expect(await reportOf([])).toMatchObject(failure(/no pipeline/));
  });
});

describe('the ledger', () => {
  test('excuses an item that has no pipeline yet, or does not pass', async () => {
    const excused = { id: ID, status: 'ledger', reason: 'needs more' };
    expect(await reportOf([], onLedger)).toEqual({ ...excused, assertions: 0 });
    expect(await reportOf([wrong], onLedger)).toMatchObject(excused);
    expect(await reportOf([right, wrong], onLedger)).toMatchObject(excused);
  });

  test('is not asked about what the mode does not have', async () => {
    const skips = new Set([ID]);
    const asked = { runner: directRunner(), ledger: onLedger, skips };
    expect(await report(item(1, 'An item.', wrong), asked)).toMatchObject({ status: 'skip', assertions: 0 });
  });

  test('must be left by an item that passes', async () => {
    expect(await reportOf([right], onLedger)).toEqual({
      id: ID,
      status: 'fail',
      reason: 'leave the ledger: it passes, and the ledger says "needs more"',
      assertions: 1,
    });
  });
});
