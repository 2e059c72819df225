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

/** What sinks are promised, in lines: those that have the same for the same reasons in one. */
export function guaranteeLines(guarantees: readonly PathGuarantee[]): readonly string[] {
  const groups = Map.groupBy(guarantees, (one) =>
    [one.level, ...toldReasons(one).map((reason) => withoutName(reason, one.sink))].join('\n'),
  );
  return [...groups.values()].map((group) => {
    const [one = NOTHING] = group;
    const { level, sink } = one;
    const names =
      group.length === guarantees.length && group.length > MOST_NAMES
        ? `all ${group.length} sinks`
        : namesOf(group.map((one) => one.sink));
    const why = toldReasons(one).map((reason) => (group.length === 1 ? reason : withoutName(reason, sink)));
    return `${level} for ${names}, since ${why.join('; ')}`;
  });
}

/** What the best rests on is the sink alone: that all its sources can be read again goes without saying. */
const toldReasons = ({ level, reasons }: PathGuarantee): readonly string[] =>
  level === 'exactly-once' ? reasons.slice(0, 1) : reasons;

const NOTHING: PathGuarantee = { sink: '', level: 'best-effort', reasons: [] };

const namesOf = (names: readonly string[]): string =>
  names.length <= MOST_NAMES
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMES - 1).join(', ')} and ${names.length - MOST_NAMES + 1} more`;

/** A reason that speaks of the sink itself, as one for several. */
const withoutName = (reason: string, sink: string): string =>
  reason.startsWith(`${sink} `) ? `each ${reason.slice(sink.length + 1)}` : reason;
