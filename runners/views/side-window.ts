import {
  type BoundedWindow,
  isIntervalWindow,
  type PCollectionView,
  PipelineError,
  showValue,
} from '../../model/index.ts';

/** What a side input is called in errors. */
export const sideInputText = (name: string): string => `the side input '${name}'`;

/**
 * The side window that a window of the main input sees: the one that its last instant is in (Beam:
 * PartitioningWindowFn.getDefaultWindowMappingFn). A window function that looks at elements has none for a mere time, and is
 * refused.
 */
export function sideWindow(
  step: string,
  name: string,
  { collection }: PCollectionView<unknown>,
  main: BoundedWindow,
): BoundedWindow {
  const { windowFn } = collection.windowing;
  try {
    // The earliest counts, in whatever order they are listed (Beam: SlidingWindows.getDefaultWindowMappingFn).
    const windows: readonly BoundedWindow[] = windowFn.assign(main.maxTimestamp, NO_ELEMENT);
    const [first = main] = [...windows].sort((a, b) => a.maxTimestamp - b.maxTimestamp);
    assertInTime(first);
    return first;
  } catch (cause) {
    throw new PipelineError(
      step,
      `${sideInputText(name)} is in windows that ${windowFn.name} makes from its elements. Which of them an element of the main input sees can't be told from a time. Re-window it first, e.g. windowInto(fixedWindows(...)) or globalWindows().`,
      { cause },
    );
  }
}

const refuse = (): never => {
  throw new TypeError('The window function looks at an element where there is only a time.');
};

/** In place of an element where there is none: a function that looks at it fails, in place of giving windows without end. */
const NO_ELEMENT: unknown = new Proxy(
  Object.freeze(() => undefined),
  {
    get: refuse,
    has: refuse,
    ownKeys: refuse,
    getOwnPropertyDescriptor: refuse,
    getPrototypeOf: refuse,
    apply: refuse,
  },
);

function assertInTime(window: BoundedWindow): void {
  const times = isIntervalWindow(window) ? [window.start, window.end, window.maxTimestamp] : [window.maxTimestamp];
  if (times.some((time) => !Number.isFinite(time)))
    throw new TypeError(`It gave ${showValue(window)}, which has no end.`);
}
