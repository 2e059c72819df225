import type { WearSum } from '../../test/testing/simulation/wear.ts';

/** A line for each sort of things that were damaged between two processes. */
export const shownWear = (wear: WearSum): readonly string[] =>
  [...wear]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([kept, { damaged, refused }]) => `damaged between processes, ${kept}: ${damaged}, ${refused} refused by name`,
    );
