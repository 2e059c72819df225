// Windows as the models see them: arithmetic over starts, and nothing of Viga.

/** Divides a list by a key, in the order of first sight. */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** The start of the fixed window of a time. */
export const windowStart = (time: number, size: number): number => time - (time % size);

/** The items of each sliding window that has some. */
export function slidingGroups<T>(
  items: readonly T[],
  timeOf: (item: T) => number,
  { size, period }: { readonly size: number; readonly period: number },
): readonly T[][] {
  const entries = items.flatMap((item) => {
    const time = timeOf(item);
    const starts: { readonly start: number; readonly item: T }[] = [];
    for (let start = windowStart(time, period); start > time - size; start -= period) starts.push({ start, item });
    return starts;
  });
  return [...groupBy(entries, ({ start }) => start).values()].map((group) => group.map(({ item }) => item));
}

/** Items that are sorted by time, in runs whose neighbors are less than `gap` apart. */
export function sessionsOf<T>(items: readonly T[], timeOf: (item: T) => number, gap: number): readonly T[][] {
  const sessions: T[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const item of items) {
    const time = timeOf(item);
    if (time >= end) sessions.push([]);
    sessions.at(-1)?.push(item);
    end = time + gap;
  }
  return sessions;
}

/** The mean of some numbers, rounded as Beam's queries do. */
export const roundedMean = (numbers: readonly number[]): number =>
  Math.round(numbers.reduce((sum, n) => sum + n, 0) / numbers.length);
