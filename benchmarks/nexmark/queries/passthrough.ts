import { counter, fromBytes, toBytes } from 'viga';
import { eventCoder } from '../event-coder.ts';
import type { Event } from '../events.ts';
import { everyResult, type NexmarkQuery } from '../query.ts';

export const bytesSeen = counter('nexmark', 'bytes');

/** Query 0: what it costs to encode and decode each event. */
export const passthrough: NexmarkQuery<Event, Event> = {
  number: 0,
  name: 'PASSTHROUGH',
  expand: (events) =>
    events.map(
      (event) => {
        const bytes = toBytes(eventCoder, event);
        bytesSeen.inc(bytes.length);
        return fromBytes(eventCoder, bytes);
      },
      { name: 'EncodeAndDecode' },
    ),
  facts: everyResult,
  model: (events) => events,
  weigh: (event) => event.extra.length + (event.kind === 'bid' ? event.price : event.id),
};
