import type { SinkBatch } from '../../model/index.ts';
import type { Batch } from '../execution/index.ts';

/** A batch as sinks see it. */
export const sinkBatch = ({
  values,
  timestamp,
  timestamps,
  windows,
  windowsColumn,
  pane,
  panes,
}: Batch): SinkBatch<unknown> => ({
  values,
  timestamps: timestamps ?? timestamp,
  windows: windowsColumn ?? windows,
  panes: panes ?? pane,
});
