import { z } from 'zod';

/** What a device sends: how many bytes it moved through an antenna for an app. */
export interface Message {
  readonly bytes: number;
  /** The event time, in seconds since 1970. */
  readonly timestamp: number;
  readonly app: string;
  /** The device, which is its user. */
  readonly id: string;
  readonly antenna_id: string;
}

/** The last second that tables have four digits for a year for. Milliseconds of today lie beyond it. */
const LAST_SECOND = 253_402_300_799;

const word = z.string().min(1, 'is empty');

const schema = z.object({
  bytes: z.int('is no whole number').nonnegative('is less than 0'),
  timestamp: z
    .int('is no whole number')
    .nonnegative('is before 1970')
    .max(LAST_SECOND, 'is beyond the year 9999: event time is in seconds, not in milliseconds'),
  app: word,
  id: word,
  antenna_id: word,
});

/** @throws TypeError that says what is wrong with a value that is no message. */
export function messageOf(value: unknown): Message {
  const { data, error } = schema.safeParse(value);
  if (data !== undefined) return data;
  const reasons = error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  throw new TypeError(`this is no message: ${reasons.join('; ')}`);
}

/** @throws SyntaxError if the text is no JSON, TypeError if it is no message. */
export const parseMessage = (text: string): Message => messageOf(JSON.parse(text));

/** The event time of a message as timestamps are, in milliseconds. */
export const eventTimeOf = ({ timestamp }: Message): number => timestamp * 1_000;
