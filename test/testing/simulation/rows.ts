/** What a grouping gave out, as sinks get it. */
export interface PaneRow {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly pane: number;
  readonly timing: string;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly ids: readonly number[];
}

/** Ids by what they belong to; an id that is there twice counts twice. */
export class IdSets {
  readonly #sets = new Map<string, Map<number, number>>();

  add(owner: string, ids: Iterable<number>): void {
    let counts = this.#sets.get(owner);
    if (counts === undefined) this.#sets.set(owner, (counts = new Map()));
    for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  }

  /** Compares with what should be there. With `mayRepeat` an id may be there more often. */
  differences(
    expected: IdSets,
    what: string,
    mayRepeat: (owner: string, id: number) => boolean = () => false,
  ): string[] {
    const problems: string[] = [];
    const owners = new Set([...this.#sets.keys(), ...expected.#sets.keys()]);
    for (const owner of owners) {
      const found = this.#sets.get(owner) ?? new Map<number, number>();
      const wanted = expected.#sets.get(owner) ?? new Map<number, number>();
      for (const id of new Set([...found.keys(), ...wanted.keys()])) {
        const has = found.get(id) ?? 0;
        const should = wanted.get(id) ?? 0;
        if (has === should || (has > should && should > 0 && mayRepeat(owner, id))) continue;
        const kind = has < should ? 'lost' : should === 0 ? 'phantom' : 'duplicate';
        problems.push(`${what}: ${kind} ${id} in ${owner} (${has} times, ${should} expected)`);
      }
    }
    return problems;
  }
}

/** Panes of one key and window come with indices 0, 1, 2; early ones, one on time, late ones; nothing after the last. */
export function sequenceProblems(rows: readonly PaneRow[], what: string): string[] {
  const byWindow = Map.groupBy(rows, ({ key, from, to }) => `${key} ${from} ${to}`);
  return [...byWindow].flatMap(([window, panes]) => {
    const indices = panes.map(({ pane }) => pane);
    const timings = panes.map(({ timing }) => timing);
    const isSequence = indices.every((pane, index) => pane === index);
    const order = timings.map((timing) => ['EARLY', 'ON_TIME', 'LATE'].indexOf(timing));
    const isOrdered = order.every((place, index) => index === 0 || place >= (order[index - 1] ?? 0));
    const isMarked =
      panes.every(({ isFirst }, index) => isFirst === (index === 0)) &&
      panes.every(({ isLast }, index) => !isLast || index === panes.length - 1);
    if (isSequence && isOrdered && isMarked && timings.filter((timing) => timing === 'ON_TIME').length <= 1) return [];
    const shown = panes.map(
      ({ pane, timing, isFirst, isLast }) => `${pane} ${timing}${isFirst ? ' first' : ''}${isLast ? ' last' : ''}`,
    );
    return [`${what}: panes of ${window} are ${shown.join(', ')}`];
  });
}
