import { ConnectorError } from '../../model/index.ts';

/**
 * A position that the log does not have: retention removed its records, or it lies behind the end, as after the file was
 * replaced by an older copy. Reading never goes on elsewhere by itself: records would be skipped or read twice.
 */
export class OffsetOutOfRangeError extends ConnectorError {
  override readonly name = 'OffsetOutOfRangeError';
}

/** The topic of that name is not the one that was read before: it was deleted and made again. */
export class TopicRecreatedError extends ConnectorError {
  override readonly name = 'TopicRecreatedError';
}
