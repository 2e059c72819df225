import { GuaranteeError } from '../model/index.ts';
import { type GuaranteeLevel, isAtLeast, type PathGuarantee } from '../runners/run/index.ts';

/** Names beyond this many are only counted where all are promised the same. */
const MOST_NAMES = 4;

/** @throws GuaranteeError where a sink is promised less than was required. */
export function refuseLess(required: GuaranteeLevel | undefined, guarantees: readonly PathGuarantee[]): void {
  if (required === undefined) return;
  const less = guarantees.find(({ level }) => !isAtLeast(level, required));
  if (less === undefined) return;
  const { sink, level, reasons } = less;
  throw new GuaranteeError(
    sink,
    `it would be ${level}, and ${required} is required: ${reasons.join('; ')}. A crash could lose or double its elements. Give --state-dir, write to a sink that can do it, or require less.`,
  );
}

/** What sinks are promised, in lines: each that is promised less than the best by itself, with what decides it. */
export function guaranteeLines(guarantees: readonly PathGuarantee[]): readonly string[] {
  const best = guarantees.filter(({ level }) => level === 'exactly-once');
  const less = guarantees.filter(({ level }) => level !== 'exactly-once');
  const lines = less.map(({ sink, level, reasons }) => `${sink}: ${level}, since ${reasons.join('; ')}`);
  if (best.length === 0) return lines;
  const names = best.length <= MOST_NAMES || less.length > 0 ? best.map(({ sink }) => sink).join(', ') : '';
  return [names === '' ? `exactly-once for all ${best.length} sinks` : `exactly-once: ${names}`, ...lines];
}
