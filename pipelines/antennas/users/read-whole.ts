import {
  ConnectorError,
  type OffsetRange,
  OffsetTracker,
  type RestrictionReader,
  type Source,
  type SourceContext,
  type SourceOutput,
} from 'viga';

/**
 * All rows that a bounded source has, as one element, read anew for each element that asks for them.
 *
 * For small tables that change: those who look at the result see one state of the table, never parts of two.
 */
export function readWhole<T, R, P>(
  source: Source<T, R, P>,
): RestrictionReader<unknown, readonly T[], OffsetRange, number> {
  return {
    name: 'ReadWhole',
    location: source.location,
    initialRestriction: () => ({ from: 0, to: 1 }),
    createTracker: (range) => new OffsetTracker(range),
    async read(_asked, tracker, output, context) {
      if (!tracker.tryClaim(0)) return undefined;
      const room = output.emit({ values: [await rowsOf(source, context)] });
      if (room !== undefined) await room;
      return undefined;
    },
  };
}

async function rowsOf<T, R, P>(source: Source<T, R, P>, context: SourceContext): Promise<readonly T[]> {
  const rows: T[] = [];
  const output: SourceOutput<T> = {
    emit({ values }) {
      for (const value of values) rows.push(value);
    },
    reject(_record, error, coordinate) {
      throw new ConnectorError(coordinate, error.message, { cause: error });
    },
    // A bounded source is done when it has been read: it has neither watermark nor pauses.
    advanceWatermark() {},
    setIdle() {},
  };
  const tracker = source.createTracker(await source.initialRestriction(undefined, context));
  await source.read(undefined, tracker, output, context);
  tracker.checkDone();
  return rows;
}
