import { type Coder, CoderError, compileCoder, int, row, string } from 'viga';
import type { Event } from './events.ts';

/** A field that is the same in all rows takes no bytes. */
const constant = <const K extends string>(value: K): Coder<K> => ({
  name: value,
  isDeterministic: true,
  encode: () => undefined,
  decode: () => value,
});

const person = compileCoder(
  row({
    kind: constant('person'),
    id: int,
    name: string,
    email: string,
    creditCard: string,
    city: string,
    state: string,
    dateTime: int,
    extra: string,
  }),
);
const auction = compileCoder(
  row({
    kind: constant('auction'),
    id: int,
    itemName: string,
    description: string,
    initialBid: int,
    reserve: int,
    dateTime: int,
    expires: int,
    seller: int,
    category: int,
    extra: string,
  }),
);
const bid = compileCoder(
  row({ kind: constant('bid'), auction: int, bidder: int, price: int, dateTime: int, extra: string }),
);

/** The kind of an event in a byte, then its row. */
export const eventCoder: Coder<Event> = {
  name: 'event',
  isDeterministic: true,
  encode(event, writer) {
    switch (event.kind) {
      case 'person':
        writer.writeByte(0);
        return person.encode(event, writer);
      case 'auction':
        writer.writeByte(1);
        return auction.encode(event, writer);
      case 'bid':
        writer.writeByte(2);
        return bid.encode(event, writer);
      default:
        return event satisfies never;
    }
  },
  decode(reader) {
    const kind = reader.readByte();
    const rows = [person, auction, bid][kind];
    if (rows !== undefined) return rows.decode(reader);
    throw new CoderError(
      undefined,
      `event: byte ${kind} stands for no kind of event. What was written by another version can't be read. Write the events anew.`,
    );
  },
};
