import { plural } from '../../ui/index.ts';

/** Elements that steps dropped, by why. */
export interface DropCounts {
  /** Their window had expired. */
  readonly droppedLate: number;
  /** The trigger of their window had finished. */
  readonly droppedClosed: number;
}

/** `2 late drops`, `1 drop behind a finished trigger`: nothing where nothing was dropped. */
export const dropFacts = ({ droppedLate, droppedClosed }: DropCounts): string[] => [
  ...(droppedLate > 0 ? [plural(droppedLate, 'late drop')] : []),
  ...(droppedClosed > 0 ? [`${plural(droppedClosed, 'drop')} behind a finished trigger`] : []),
];
