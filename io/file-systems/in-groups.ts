/** How many calls of a file system are under way together: they wait for the disk, not for us. */
const TOGETHER = 16;

/**
 * Visits items, some at a time, and gives the results in their order. When a visit fails, those that were begun with it are
 * waited for before its error is thrown: nothing goes on behind the caller's back.
 */
export async function inGroups<T, R>(items: readonly T[], visit: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += TOGETHER) {
    const settled = await Promise.allSettled(items.slice(from, from + TOGETHER).map(visit));
    for (const one of settled) {
      if (one.status === 'rejected') throw one.reason;
      results.push(one.value);
    }
  }
  return results;
}
