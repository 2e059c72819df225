// Side inputs: a collection is grouped by its own windows and trigger; a pane of a window takes the place of what was there.
import { type BoundedWindow, type KV, MIN_TIMESTAMP, type PCollectionView, windowKey } from '../../model/index.ts';
import { type Element, isOver } from './element.ts';
import { Grouping } from './grouping.ts';

export type SideInput = ReturnType<typeof sideInput>;

/** A side input of a step: the node of the graph that takes its collection. */
export function sideInput(name: string, { collection }: PCollectionView<unknown>) {
  const { windowing } = collection;
  const time = { input: MIN_TIMESTAMP, output: MIN_TIMESTAMP, now: 0 };
  const contents = new Map<string, readonly unknown[]>();
  const emit = ({ value, window }: Element): void => {
    // What the grouping gives out are pairs, with the elements of a pane as value.
    const elements = (value as KV<null, readonly unknown[]>).value;
    if (elements.length > 0) contents.set(windowKey(window), elements);
  };
  const grouping = new Grouping({ windowing, time, emit, drop: () => {} }, (values) => values);
  const process = (one: Element): void => grouping.process({ ...one, value: { key: null, value: one.value } });
  /** For a window of the main input: of the first window that holds its last instant. Undefined: more must come first. */
  const elements = (main: BoundedWindow): readonly unknown[] | undefined => {
    const windows: readonly BoundedWindow[] = windowing.windowFn.assign(main.maxTimestamp, undefined);
    const [first = main] = [...windows].sort((a, b) => a.maxTimestamp - b.maxTimestamp);
    return contents.get(windowKey(first)) ?? (isOver(first, time.input) ? [] : undefined);
  };
  return { name, elements, inputs: [collection], outputs: [], time, behavior: { process, due: () => grouping.due() } };
}
