import type { Host } from '../../model/index.ts';

/** Names a run so that no other has the same: sinks keep what they stage apart by it. */
export const runIdOf = ({ random }: Host): string =>
  Array.from({ length: 4 }, () =>
    Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
