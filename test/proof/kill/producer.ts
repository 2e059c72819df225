// Appends the elements of a seed to a log while a job reads it: producer.ts LOG SEED COUNT
import { setTimeout as pause } from 'node:timers/promises';
import { openLog } from '../../../io/log/index.ts';
import { eventsOf } from './input.ts';
import { TOPIC } from './places.ts';

const [, , file = '', seed = '', count = ''] = process.argv;
/** So many elements at a time, and milliseconds between: some seconds for all, about as long as a job is killed. */
const BATCH = 200;
const PAUSE = 20;

const events = eventsOf(Number(seed), Number(count));
const log = openLog(file);
const producer = log.producer({ topic: TOPIC, keyFormat: 'string', valueFormat: 'json' });
for (let from = 0; from < events.length; from += BATCH) {
  const some = events.slice(from, from + BATCH);
  producer.send(some.map((event) => ({ key: event.key, value: event, timestamp: event.at })));
  await pause(PAUSE);
}
log.close();
