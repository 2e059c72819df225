import { outputTag, type PCollection, type Timestamp } from 'viga';
import { assertThat, at, testPipeline, testStream } from 'viga/testing';
import { describe, test } from 'vitest';
import type { Message } from '../../../pipelines/antennas/messages/index.ts';
import { bytesAggApp, bytesAggUser1h, type Row, usersOverQuota1h } from '../../../pipelines/antennas/tables/index.ts';
import { alertRows, usage } from '../../../pipelines/antennas/usage/index.ts';
import { type UserTable, userTableOf } from '../../../pipelines/antennas/users/index.ts';
import { globalTable } from './global-table.ts';

const tags = { messages: outputTag<Message>(), users: outputTag<UserTable>() };

const minute = (count: number): Timestamp => count * 60_000;

/** A message of device 1 so many seconds after 1970. */
const message = (second: number, bytes: number) =>
  at<Message>(second * 1_000, { bytes, timestamp: second, app: 'SKYPE', id: '1', antenna_id: 'a' });

/** The table of users, of whom device 1 has this quota. */
const users = (quota: number) => at(0, userTableOf([{ id: '1', email: 'a@x', quota }], 'users'));

const settings = { window: minute(5), allowedLateness: minute(60) };

/** Rows as they came, with the timing of their panes. */
const withTiming = (rows: PCollection<Row> | undefined) => {
  if (rows === undefined) throw new Error('there is no such table');
  return rows.map((row, { pane }) => `${pane.timing} ${Object.values(row).join()}`);
};

test('a late message gives the row of its window again, with all of it; one beyond the lateness gives nothing', async () => {
  const stream = testStream(tags)
    .addElements('users', users(100))
    .addElements('messages', message(0, 1), message(299, 2), message(300, 4))
    .advanceWatermarkTo('messages', minute(5))
    .addElements('messages', message(1, 8))
    .advanceWatermarkTo('messages', minute(66))
    .addElements('messages', message(2, 16))
    .advanceWatermarkToInfinity();
  await testPipeline((p) => {
    const { messages, users } = p.apply(stream);
    const { tables } = usage({ ...settings, users: users.apply(globalTable()) })(messages);
    assertThat(withTiming(tables.get(bytesAggApp))).containsInAnyOrder([
      'ON_TIME SKYPE,1970-01-01T00:00:00Z,3',
      'ON_TIME SKYPE,1970-01-01T00:05:00Z,4',
      'LATE SKYPE,1970-01-01T00:00:00Z,11',
    ]);
    assertThat(withTiming(tables.get(bytesAggUser1h))).containsInAnyOrder([
      'ON_TIME a@x,1970-01-01T00:00:00Z,15',
      'LATE a@x,1970-01-01T00:00:00Z,31',
    ]);
  });
});

describe('users over their quota', () => {
  test('are told at the end of the hour, or by the late message that passes it', async () => {
    const stream = testStream(tags)
      .addElements('users', users(10))
      .addElements('messages', message(0, 10), message(3_600, 11))
      .advanceWatermarkTo('messages', minute(60))
      .addElements('messages', message(1, 1))
      .addElements('messages', message(2, 5))
      .advanceWatermarkToInfinity();
    await testPipeline((p) => {
      const { messages, users } = p.apply(stream);
      const { tables } = usage({ ...settings, users: users.apply(globalTable()) })(messages);
      assertThat(withTiming(tables.get(usersOverQuota1h))).containsInAnyOrder([
        'LATE a@x,1970-01-01T00:00:00Z,10,11',
        'LATE a@x,1970-01-01T00:00:00Z,10,16',
        'ON_TIME a@x,1970-01-01T01:00:00Z,10,11',
      ]);
    });
  });

  test('are told by the quota that holds when the hour ends', async () => {
    const stream = testStream(tags)
      .addElements('users', users(100))
      .addElements('messages', message(0, 50))
      .addElements('users', users(40))
      .advanceWatermarkTo('messages', minute(60))
      .addElements('users', users(60))
      .addElements('messages', message(3_600, 50))
      .advanceWatermarkToInfinity();
    await testPipeline((p) => {
      const { messages, users } = p.apply(stream);
      const { tables } = usage({ ...settings, users: users.apply(globalTable()) })(messages);
      assertThat(withTiming(tables.get(usersOverQuota1h))).containsInAnyOrder([
        'ON_TIME a@x,1970-01-01T00:00:00Z,40,50',
      ]);
    });
  });
});

test('an alert comes with the message that passes the quota, long before the hour ends, and only once', async () => {
  const stream = testStream(tags)
    .addElements('users', users(10))
    .addElements('messages', message(5, 10))
    .addElements('messages', message(7, 1))
    .addElements('messages', message(9, 100))
    .advanceWatermarkToInfinity();
  await testPipeline((p) => {
    const { messages, users } = p.apply(stream);
    const table = users.apply(globalTable());
    const rows = usage({ ...settings, users: table })(messages).hourly.apply(alertRows(table));
    assertThat(rows.map((row, { timestamp }) => ({ ...row, timestamp }))).containsInAnyOrder([
      { email: 'a@x', date: '1970-01-01T00:00:00Z', quota: 10n, timestamp: 7_000 },
    ]);
  });
});
