import type { Timestamp } from './time.ts';

/**
 * What happens next in a test stream (Beam model, "TestStream"). Each event waits until the one before has had all its
 * effects: a script, not a race. Times are instants, virtual ones; nothing sleeps.
 */
export type TestStreamEvent =
  | {
      readonly kind: 'elements';
      readonly tag: string;
      readonly elements: readonly { readonly value: unknown; readonly timestamp: Timestamp }[];
    }
  /** No element of this tag comes with an earlier timestamp, unless it is late. */
  | { readonly kind: 'watermark'; readonly tag: string; readonly timestamp: Timestamp }
  /** The clock of the run goes on by so much; it starts at 0. */
  | { readonly kind: 'processing-time'; readonly advance: number };
