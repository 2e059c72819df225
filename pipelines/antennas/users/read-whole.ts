import {
  ConnectorError,
  ElementError,
  type OffsetRange,
  OffsetTracker,
  type RestrictionReader,
  type Source,
  type SourceContext,
  type SourceOutput,
} from 'viga';

/**
 * What `make` makes of all rows of a bounded source, as one element, read anew for each number that asks for it.
 *
 * For small tables that change: those who look at the result see one state of the table, never parts of two. The first
 * reading, number 0, has to succeed. When a later one fails there is a warning and no element, so that what was there stays.
 */
export function readWhole<T, U, R, P>(
  source: Source<T, R, P>,
  make: (rows: readonly T[]) => U,
): RestrictionReader<number, U, OffsetRange, number> {
  return {
    name: 'ReadWhole',
    location: source.location,
    initialRestriction: () => ({ from: 0, to: 1 }),
    createTracker: (range) => new OffsetTracker(range),
    async read(number, tracker, output, context) {
      const { from, to } = tracker.currentRestriction();
      // A job that was cut off behind its one position has nothing left to read.
      if (from >= to || !tracker.tryClaim(from)) return undefined;
      const made = await readIfPossible(number, context, async () => make(await rowsOf(source, context)));
      const room = made && output.emit({ values: [made.value] });
      if (room !== undefined) await room;
      return undefined;
    },
  };
}

async function readIfPossible<U>(
  number: number,
  { host, step }: SourceContext,
  value: () => Promise<U>,
): Promise<{ readonly value: U } | undefined> {
  try {
    return { value: await value() };
  } catch (error) {
    const isOfTable = error instanceof ConnectorError || error instanceof ElementError;
    if (number === 0 || !isOfTable) throw error;
    host.warn(`${step}: ${error.message} What was read before still holds.`);
    return undefined;
  }
}

async function rowsOf<T, R, P>(source: Source<T, R, P>, context: SourceContext): Promise<readonly T[]> {
  const rows: T[] = [];
  const output: SourceOutput<T> = {
    emit({ values }) {
      for (const value of values) rows.push(value);
    },
    reject(_record, error, coordinate) {
      // Not a row fails but the table: what is wrong is told of the place where it is.
      const places = [error instanceof ElementError ? error.step : undefined, coordinate];
      const message = places.reduce(without, error.message);
      throw new ConnectorError(coordinate, message, { cause: error.cause });
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

/** A message without the place before it. */
const without = (message: string, place: string | undefined): string =>
  place !== undefined && message.startsWith(`${place}: `) ? message.slice(place.length + 2) : message;
