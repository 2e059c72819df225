import { type GuaranteeLevel, isAtLeast, type PathGuarantee } from '../runners/run/index.ts';

/** A guarantee was required that some sink can not be given. */
export class GuaranteeError extends Error {
  override readonly name: string = 'GuaranteeError';
}

/** @throws GuaranteeError where a sink is promised less than was required. */
export function refuseLess(required: GuaranteeLevel | undefined, guarantees: readonly PathGuarantee[]): void {
  if (required === undefined) return;
  const less = guarantees.find(({ level }) => !isAtLeast(level, required));
  if (less === undefined) return;
  const { sink, level, reasons } = less;
  throw new GuaranteeError(
    `${sink}: it would be ${level}, and ${required} is required: ${reasons.join('; ')}. A crash could lose or double its elements. Give --state-dir, write to a sink that can do it, or require less.`,
  );
}
