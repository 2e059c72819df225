import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Pipeline, type PCollection, seconds } from 'viga';
import { directRunner } from 'viga/runners/direct';
import { assertThat, at, testPipeline, testStream } from 'viga/testing';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../pipelines/antennas/messages/index.ts';
import { joinUsers } from '../../../pipelines/antennas/usage/user-bytes.ts';
import { rereadUsers } from '../../../pipelines/antennas/users/index.ts';
import { refreshes } from '../../../pipelines/antennas/users/refreshes.ts';
import { scratch } from './run.ts';

const message = (app: string) => at<Message>(0, { bytes: 1, timestamp: 0, app, id: '1', antenna_id: 'a' });

test('refreshes come at once and every so often, as long as the collection goes on', async () => {
  const stream = testStream<Message>()
    .advanceProcessingTime(seconds(10))
    .addElements(message('x'))
    .advanceProcessingTime(seconds(9))
    .advanceProcessingTime(seconds(1))
    .advanceProcessingTime(seconds(9))
    .advanceWatermarkToInfinity();
  await testPipeline((p) => {
    assertThat(p.apply(stream).apply(refreshes(seconds(10)))).containsInAnyOrder([0, 1, 2]);
  });
});

describe('a table of users that changes while messages come', () => {
  /** Messages, each with the email that it was joined with; a message may write the table first. */
  function joined(file: string, writes: Readonly<Record<string, string>>, messages: PCollection<Message>) {
    const written = messages.map((one) => {
      const text = writes[one.app];
      if (text !== undefined) writeFileSync(file, text);
      return one;
    });
    const users = written.apply(rereadUsers({ kind: 'csv', file }, seconds(10)));
    return written.apply(joinUsers(users)).map(({ app, email }) => `${app} ${email}`);
  }

  test('counts for what comes after it was read again', async () => {
    const file = path.join(scratch(), 'users.csv');
    writeFileSync(file, 'id,email,quota\n1,old@x,\n');
    const stream = testStream<Message>()
      .addElements(message('first'))
      .addElements(message('change'))
      .advanceProcessingTime(seconds(10))
      .addElements(message('second'))
      .advanceWatermarkToInfinity();
    const p = new Pipeline();
    const emails = joined(file, { change: 'id,email,quota\n1,new@x,\n' }, p.apply(stream));
    assertThat(emails).containsInAnyOrder(['first old@x', 'change old@x', 'second new@x']);
    await p.run(directRunner());
  });

  test.each([
    ['id,email,quota\n1,a@x,\n1,b@x,\n', /the id 1 comes twice, with the emails a@x and b@x\./],
    ['id,quota\n1,5\n', /users\.csv line 1: .*there is no column "email"/],
    ['id,email,quota\n1,"a@x\n', /users\.csv line 2/],
  ])('is left as it was, with a warning, while it can not be read: %j', async (broken, warning) => {
    const file = path.join(scratch(), 'users.csv');
    writeFileSync(file, 'id,email,quota\n1,old@x,\n');
    const stream = testStream<Message>()
      .addElements(message('break'))
      .advanceProcessingTime(seconds(10))
      .addElements(message('second'))
      .addElements(message('mend'))
      .advanceProcessingTime(seconds(10))
      .addElements(message('third'))
      .advanceWatermarkToInfinity();
    const p = new Pipeline();
    const writes = { break: broken, mend: 'id,email,quota\n1,new@x,\n' };
    assertThat(joined(file, writes, p.apply(stream))).containsInAnyOrder([
      'break old@x',
      'second old@x',
      'mend old@x',
      'third new@x',
    ]);
    const warnings: string[] = [];
    await p.run(directRunner(), { onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([expect.stringMatching(warning)]);
    expect(warnings[0]).toMatch(/ What was read before still holds\.$/);
  });
});
