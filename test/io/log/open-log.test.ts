import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { OffsetOutOfRangeError, openLog, TopicRecreatedError } from '../../../io/log/index.ts';
import { double, kv, kvCoder, string } from '../../../model/index.ts';
import { contentOf, newFile, newLog, send } from './support.ts';

describe('topics', () => {
  test('are made with their partitions, listed, and made only once', () => {
    const log = newLog();
    log.createTopic('b', { partitions: 2 });
    log.createTopic('a');
    const empty = { earliest: 0, latest: 0 };
    expect(log.topics()).toEqual([
      { name: 'a', partitions: [{ partition: 0, ...empty }] },
      {
        name: 'b',
        partitions: [
          { partition: 0, ...empty },
          { partition: 1, ...empty },
        ],
      },
    ]);
    expect(() => log.createTopic('a')).toThrow(`${log.file} topic a: this topic is there already.`);
    expect(() => log.offsets('c')).toThrow('there is no such topic. The log has: a, b. Correct the name');
  });

  test('come to be with their first record', () => {
    const log = newLog();
    const producer = log.producer({ topic: 'new', partitions: 3, valueFormat: 'string' });
    producer.send([{ value: 'x' }]);
    expect(log.offsets('new').map(({ latest }) => latest)).toEqual([1, 0, 0]);
  });

  test.each([
    [{ partitions: 0 }, 'partitions is 0 but must be a whole number from 1 to 1000'],
    [{ partitions: 1.5 }, 'partitions is 1.5 but must be'],
    [{ retention: { maxAge: 0 } }, 'maxAge is 0 ms but must be more than 0'],
    [{ retention: { maxRecords: 0 } }, 'maxRecords is 0 but must be'],
  ])('with %j are refused', (options, message) => {
    const log = newLog();
    expect(() => log.createTopic('t', options)).toThrow(message);
    expect(log.topics()).toEqual([]);
  });

  test('have names that Kafka takes', () => {
    expect(() => newLog().createTopic('a topic')).toThrow(
      'topic is "a topic", which is no name of one. Topics are found by their names. Use letters, digits',
    );
  });
});

describe('records', () => {
  test('have offsets in their partition and come back as they were', () => {
    const log = newLog();
    const coder = kvCoder(string, double);
    const producer = log.producer({ topic: 't', keyFormat: 'json', valueFormat: coder });
    const headers = [
      { key: 'trace', value: Buffer.from([1, 2]) },
      { key: 'trace', value: Buffer.from('') },
    ];
    const places = producer.send([
      { key: { user: 1 }, value: kv('a', 0.5), timestamp: 5, headers },
      { value: kv('b', 1), timestamp: -7.5 },
    ]);
    expect(places).toEqual([
      { partition: 0, offset: 0 },
      { partition: 0, offset: 1 },
    ]);
    const consumer = log.consumer({ topic: 't', keyFormat: 'json', valueFormat: coder });
    const found = consumer.poll();
    expect(found.map(({ headers: found, ...record }) => ({ ...record, headers: found.length }))).toEqual([
      { topic: 't', partition: 0, offset: 0, timestamp: 5, key: { user: 1 }, value: kv('a', 0.5), headers: 2 },
      { topic: 't', partition: 0, offset: 1, timestamp: -7.5, key: null, value: kv('b', 1), headers: 0 },
    ]);
    expect(found[0]?.headers.map(({ key, value }) => [key, [...value]])).toEqual([
      ['trace', [1, 2]],
      ['trace', []],
    ]);
    expect(consumer.poll()).toEqual([]);
  });

  test('with one key go to one partition, those without to all in turn', () => {
    const log = newLog();
    const producer = log.producer({ topic: 't', partitions: 4, keyFormat: 'string', valueFormat: 'string' });
    const partitions = producer.send(Array.from({ length: 8 }, (_, i) => ({ key: `user-${i % 2}`, value: `${i}` })));
    expect(new Set(partitions.filter((_, i) => i % 2 === 0).map(({ partition }) => partition)).size).toBe(1);
    expect(producer.send([{ value: '' }, { value: '' }, { value: '' }, { value: '' }])).toHaveLength(4);
    expect(log.offsets('t').every(({ latest }) => latest >= 1)).toBe(true);
    expect(() => producer.send([{ value: 'x', partition: 4 }])).toThrow('there is no partition 4. The topic has 4');
  });

  test('of one send are there all or none', () => {
    const log = newLog();
    const producer = log.producer({ topic: 't', valueFormat: 'string' });
    expect(() => producer.send([{ value: 'a' }, { value: '\ud800' }])).toThrow('is no text that has UTF-8');
    expect(() => producer.send([{ value: 'a', timestamp: Number.NaN }])).toThrow('the timestamp of a record is NaN.');
    expect(log.topics()).toEqual([]);
    producer.send([{ value: 'b' }]);
    expect(contentOf(log, 't')).toEqual([['b']]);
  });

  test('without a timestamp have that of the clock', () => {
    const log = newLog({ clock: { now: () => 42 } });
    send(log, 't', []);
    log.producer({ topic: 't' }).send([{ value: Buffer.from('x') }]);
    expect(log.consumer({ topic: 't' }).poll()[0]?.timestamp).toBe(42);
    const before = Date.now();
    const real = newLog();
    real.producer({ topic: 't' }).send([{ value: Buffer.from('x') }]);
    const stamp = real.consumer({ topic: 't' }).poll()[0]?.timestamp ?? 0;
    expect(stamp).toBeGreaterThanOrEqual(before - 1);
    expect(stamp).toBeLessThanOrEqual(Date.now() + 1);
  });

  test('of a format that is not theirs are told so', () => {
    const log = newLog();
    log.producer({ topic: 't' }).send([{ value: Buffer.from([0xff]) }]);
    const read = (valueFormat: 'string' | 'json') => () => log.consumer({ topic: 't', valueFormat }).poll();
    expect(read('string')).toThrow("these 1 bytes are no UTF-8. Read them with the format 'bytes'.");
    send(log, 'u', ['{']);
    expect(() => log.consumer({ topic: 'u', valueFormat: 'json' }).poll()).toThrow('"{" is no JSON');
    // @ts-expect-error a format that is none
    expect(() => log.consumer({ topic: 't', valueFormat: 'avro' })).toThrow('the format "avro" is not known');
    // @ts-expect-error text where bytes are meant
    expect(() => log.producer({ topic: 't' }).send([{ value: 'x' }])).toThrow(
      "Give a Uint8Array, or the format 'string'",
    );
    const [record] = log.consumer({ topic: 't', valueFormat: 'bytes' }).poll();
    expect([...(record?.value ?? [])]).toEqual([0xff]);
  });
});

describe('retention', () => {
  test('by count keeps the last records, and reading below them is an error that names both', () => {
    const log = newLog();
    const consumer = (() => {
      log.createTopic('t', { retention: { maxRecords: 2 } });
      send(log, 't', ['a']);
      return log.consumer({ topic: 't', valueFormat: 'string' });
    })();
    send(log, 't', ['b', 'c', 'd']);
    expect(log.offsets('t')).toEqual([{ partition: 0, earliest: 2, latest: 4 }]);
    expect(contentOf(log, 't')).toEqual([['c', 'd']]);
    expect(() => consumer.poll()).toThrow(OffsetOutOfRangeError);
    expect(() => consumer.poll()).toThrow(
      `${log.file} topic t partition 0: offset 0 is to be read, and retention has removed all before 2. 2 records would be skipped.`,
    );
  });

  test('by age removes from the front up to the first record that is young enough', () => {
    let now = 0;
    const log = newLog({ clock: { now: () => now } });
    log.createTopic('t', { partitions: 2, retention: { maxAge: 10 } });
    const producer = log.producer({ topic: 't', valueFormat: 'string' });
    const at = (timestamp: number, partition = 0) => ({ value: `${timestamp}`, timestamp, partition });
    producer.send([at(1), at(5), at(2), at(1, 1)]);
    now = 13;
    expect(log.applyRetention()).toBe(2);
    expect(contentOf(log, 't')).toEqual([['5', '2'], []]);
    expect(log.offsets('t')).toEqual([
      { partition: 0, earliest: 1, latest: 3 },
      { partition: 1, earliest: 1, latest: 1 },
    ]);
    // Offsets go on where they were.
    expect(producer.send([at(13, 1)])).toEqual([{ partition: 1, offset: 1 }]);
  });
});

describe('consumers', () => {
  test('start where they are told to, and get what comes later', () => {
    const log = newLog();
    send(log, 't', ['a', 'b', 'c']);
    const from = (start: 'earliest' | 'latest' | Record<number, number>) =>
      log.consumer({ topic: 't', start, valueFormat: 'string' });
    const latest = from('latest');
    expect(
      from('earliest')
        .poll(2)
        .map(({ value }) => value),
    ).toEqual(['a', 'b']);
    expect(
      from({ 0: 2 })
        .poll()
        .map(({ value }) => value),
    ).toEqual(['c']);
    expect(latest.poll()).toEqual([]);
    send(log, 't', ['d']);
    expect(latest.poll().map(({ value }) => value)).toEqual(['d']);
    expect(() => from({ 0: 9 })).toThrow('reading is to start at offset 9, and there are those from 0 to 3');
    expect(() => from({ 1: 0 })).toThrow('there is no partition 1. The topic has 1, from 0');
    // @ts-expect-error a misspelled word
    expect(() => from('latst')).toThrow(`start is "latst". It says which records are read. Pass 'earliest', 'latest'`);
    expect(() => log.consumer({ topic: 't', partitions: [3] })).toThrow('there is no partition 3');
  });

  test('of a topic that was made anew are refused', () => {
    const log = newLog();
    send(log, 't', ['a', 'b']);
    const consumer = log.consumer({ topic: 't' });
    log.deleteTopic('t');
    expect(() => consumer.poll()).toThrow('there is no such topic. The log has: none.');
    send(log, 't', ['x', 'y']);
    expect(() => consumer.poll()).toThrow(TopicRecreatedError);
    expect(contentOf(log, 't')).toEqual([['x', 'y']]);
  });

  test('note how far their group is, which never goes back', () => {
    const log = newLog({ clock: { now: () => 7 } });
    send(log, 't', ['a', 'b', 'c']);
    const ahead = log.consumer({ topic: 't' });
    const behind = log.consumer({ topic: 't' });
    ahead.poll(2);
    ahead.commit('dashboard');
    behind.poll(1);
    behind.commit('dashboard');
    expect(log.committed('dashboard', 't')).toEqual([{ partition: 0, next: 2, committedAt: 7 }]);
    expect(log.committed('other', 't')).toEqual([]);
  });
});

describe('a file', () => {
  test('that is another database or no database is refused', () => {
    const file = newFile();
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE t (n)');
    db.close();
    expect(() => openLog(file)).toThrow(`${file}: this SQLite database is no log.`);
    const text = newFile();
    writeFileSync(text, 'not a database, and longer than the header of one would be'.repeat(20));
    expect(() => openLog(text)).toThrow('The file is no SQLite database, or a damaged one');
    expect(() => openLog('/no/such/directory/events.log')).toThrow('Check that its directory exists');
    expect(() => openLog(':memory:')).toThrow('Give the path of a file.');
  });

  test('of a later version is refused', () => {
    const log = newLog();
    const db = new DatabaseSync(log.file);
    db.exec('PRAGMA user_version = 2');
    db.close();
    expect(() => openLog(log.file)).toThrow('this log is of version 2, and this Viga knows version 1');
  });

  test('is read by one while another is in the middle of writing it', () => {
    const log = newLog();
    send(log, 't', ['a']);
    const writer = new DatabaseSync(log.file);
    writer.exec('BEGIN IMMEDIATE; UPDATE partitions SET next = 9');
    expect(contentOf(log, 't')).toEqual([['a']]);
    expect(() =>
      openLog(log.file, { lockTimeout: 0 })
        .producer({ topic: 't' })
        .send([{ value: Buffer.from('b') }]),
    ).toThrow('Another connection has the database locked.');
    writer.exec('ROLLBACK');
    writer.close();
    send(log, 't', ['b']);
    expect(contentOf(log, 't')).toEqual([['a', 'b']]);
  });
});
