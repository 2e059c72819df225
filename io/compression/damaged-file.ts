import { ConnectorError, type HintedDetails } from '../../model/index.ts';

/**
 * A file that is at fault itself, not the way to it: a reader that was asked for dead letters goes on with the next.
 */
export class DamagedFileError extends ConnectorError {}

/** Names file and byte, as a user of a damaged file needs to find the place. */
export const damagedAt = (path: string, byte: number, message: string, details: HintedDetails = {}): DamagedFileError =>
  new DamagedFileError(`${path} byte ${byte}`, message, details);
