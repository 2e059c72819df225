import {
  type BoundedWindow,
  counter,
  flatten,
  formatWindow,
  globalWindows,
  impulse,
  never,
  type PaneInfo,
  type PCollection,
  ptransform,
  windowKey,
} from '../model/index.ts';
import { AssertionError } from './assertion-error.ts';
import { type CallSite, callSite } from './call-site.ts';
import { difference, show, showList } from './compare.ts';
import { comparePanes, type ExpectedPane, type Finding, type Seen } from './panes.ts';

/** How many assertions ran; a test that must not pass without any looks at it in the result of the run. */
export const assertionsRun = counter('viga/testing', 'assertions');

/** Which of a collection's elements an assertion is about. */
interface Selection {
  /** In words, for messages; empty for all. */
  readonly where: string;
  readonly includes: (window: string, pane: PaneInfo) => boolean;
  /** What must be true of all that is included, or else the problem in words. */
  readonly problem?: (panes: readonly PaneInfo[]) => string | undefined;
}

const EVERYTHING: Selection = { where: '', includes: () => true };

/** A check of all selected elements; gives the problem in words and, where known, what was expected. */
type Check<T> = (
  actual: readonly T[],
  seen: readonly Seen<T>[],
) => Finding | undefined | PromiseLike<Finding | undefined>;

/** Assertions about a collection, or about the part of it that a window or some panes hold. Each is a step that may fail the run. */
export class Assertion<T> {
  readonly #collection: PCollection<T>;
  readonly #selection: Selection;

  /** @internal */
  constructor(collection: PCollection<T>, selection: Selection) {
    this.#collection = collection;
    this.#selection = selection;
  }

  /**
   * The elements are these, in any order, each as often as it is listed.
   *
   * Values are compared by content, as keys are: the order of fields does not count, `1`, `'1'` and `1n` differ, NaN equals
   * NaN. An element in several windows is there once for each.
   */
  containsInAnyOrder(expected: readonly T[]): void {
    // Copied: what the caller does to the array afterwards must not change the assertion.
    const wanted = [...expected];
    this.#add('ContainsInAnyOrder', callSite(this.containsInAnyOrder), (actual) => {
      const { missing, extra } = difference(actual, wanted);
      if (missing.length + extra.length === 0) return undefined;
      return { problem: `missing ${showList(missing)}; extra ${showList(extra)}`, expected: wanted };
    });
  }

  /** There is no element. */
  isEmpty(): void {
    this.#add('IsEmpty', callSite(this.isEmpty), (actual) =>
      actual.length === 0 ? undefined : { problem: `none expected; extra ${showList(actual)}`, expected: [] },
    );
  }

  /** There are this many elements; those in several windows count once for each. */
  hasCount(count: number): void {
    this.#add('HasCount', callSite(this.hasCount), (actual) =>
      actual.length === count ? undefined : { problem: `${count} expected, there are ${showList(actual)}` },
    );
  }

  /**
   * `check` is called with all elements, in no order, and neither throws nor returns false. It may be async.
   *
   * What it throws, an error of node:assert or of another library of assertions say, becomes the cause.
   */
  satisfies(check: (elements: readonly T[]) => void | boolean | PromiseLike<void | boolean>): void {
    this.#add('Satisfies', callSite(this.satisfies), async (actual) => {
      try {
        const holds = await check(actual);
        return holds === false ? { problem: `the function returned false for ${showList(actual)}` } : undefined;
      } catch (cause) {
        return { problem: cause instanceof Error ? cause.message : `thrown ${show(cause)}`, cause };
      }
    });
  }

  /**
   * The elements came in these panes, in this order, those of a pane in any order among themselves; panes of different keys
   * with the same index count as one. A pane without elements is in no collection, so it can't be listed: a grouping's
   * empty pane is one whose element is an empty group.
   *
   * Select a window first, with {@link inWindow}, where there are several.
   */
  hasPanes(expected: readonly ExpectedPane<T>[]): void {
    const wanted = expected.map(({ timing, elements }) => ({ timing, elements: [...elements] }));
    this.#add('HasPanes', callSite(this.hasPanes), (_, seen) => comparePanes(seen, wanted));
  }

  /** Only the elements of this window, of all its panes. */
  inWindow(window: BoundedWindow): Assertion<T> {
    return this.#select(window, 'in', () => true);
  }

  /** The elements of this window, which must have come in one pane, the first and last. */
  inOnlyPane(window: BoundedWindow): Assertion<T> {
    const selection = selected(window, 'in the only pane of', () => true);
    return new Assertion(this.#collection, {
      ...selection,
      problem: (panes) => {
        const other = panes.find(({ isFirst, isLast }) => !(isFirst && isLast));
        return other && `expected one pane, there is one with ${show(other)}`;
      },
    });
  }

  /** Only the elements that came before the watermark passed the end of this window. */
  inEarlyPanes(window: BoundedWindow): Assertion<T> {
    return this.#select(window, 'in the early panes of', ({ timing }) => timing === 'EARLY');
  }

  /** Only the elements that came when the watermark passed the end of this window. */
  inOnTimePane(window: BoundedWindow): Assertion<T> {
    return this.#select(window, 'in the on-time pane of', ({ timing }) => timing === 'ON_TIME');
  }

  /** Only the elements that came after the watermark had passed the end of this window. */
  inLatePanes(window: BoundedWindow): Assertion<T> {
    return this.#select(window, 'in the late panes of', ({ timing }) => timing === 'LATE');
  }

  /** Only the elements of the last pane of this window. */
  inFinalPane(window: BoundedWindow): Assertion<T> {
    return this.#select(window, 'in the final pane of', ({ isLast }) => isLast);
  }

  /** The elements of this window that were not late. */
  inCombinedNonLatePanes(window: BoundedWindow): Assertion<T> {
    return this.#select(window, 'in the panes before the late ones of', ({ timing }) => timing !== 'LATE');
  }

  #select(window: BoundedWindow, words: string, has: (pane: PaneInfo) => boolean): Assertion<T> {
    return new Assertion(this.#collection, selected(window, words, has));
  }

  #add(name: string, site: CallSite, check: Check<T>): void {
    const { where, includes, problem } = this.#selection;
    const { producer } = this.#collection;
    this.#collection.apply(
      ptransform('AssertThat', (input: PCollection<T>) => {
        const step = input.pipeline.pathOf(name);
        gathered(input).map(
          async (seen) => {
            assertionsRun.inc();
            const mine = seen.filter(({ window, pane }) => includes(window, pane));
            const actual = mine.map(({ value }) => value);
            const wrongPane = problem?.(mine.map(({ pane }) => pane));
            const finding = wrongPane === undefined ? await check(actual, mine) : { problem: wrongPane };
            if (finding === undefined) return;
            const message = `the elements of ${producer}${where} are not as expected: ${finding.problem.replace(/\.$/, '')}. Asserted at ${site.place()}.`;
            throw new AssertionError(step, message, { ...finding, actual, frames: site.frames() });
          },
          { name },
        );
      }),
    );
  }
}

function selected(window: BoundedWindow, words: string, has: (pane: PaneInfo) => boolean): Selection {
  const wanted = windowKey(window);
  return { where: ` ${words} ${formatWindow(window)}`, includes: (key, pane) => key === wanted && has(pane) };
}

/**
 * All elements of a bounded or unbounded collection in one list; an empty list for an empty collection.
 *
 * A dummy keeps company with the elements under one key, so that there is a group, and the check runs, in any case. The
 * trigger never fires by itself, so there is exactly one pane, when no element can come any more (Beam: PAssert).
 */
function gathered<T>(input: PCollection<T>): PCollection<readonly Seen<T>[]> {
  const seen: PCollection<Seen<T> | null> = input
    .map((value, { window, pane }) => ({ value, window: windowKey(window), pane }), { name: 'Reify' })
    .windowInto(globalWindows(), { trigger: never(), accumulationMode: 'discarding', name: 'Rewindow' });
  const dummy: PCollection<Seen<T> | null> = input.pipeline.apply(impulse()).map(() => null, { name: 'Dummy' });
  return flatten([seen, dummy], { name: 'WithDummy' })
    .keyBy(() => 'all', { name: 'UnderOneKey' })
    .groupByKey({ name: 'Gather' })
    .map(({ value }) => [...value].filter((one) => one !== null), { name: 'List' });
}

/**
 * Asserts what a collection holds. The assertion is a step of the pipeline: it runs on any runner, in any mode, also when
 * the collection is empty, and fails the run with an {@link AssertionError}.
 *
 * @example
 * import { create, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const lengths = p.apply(create(['to', 'be'])).map((word) => word.length);
 * assertThat(lengths).containsInAnyOrder([2, 2]);
 * assertThat(lengths.filter((length) => length > 2)).isEmpty();
 * await p.run(directRunner());
 */
export const assertThat = <T>(collection: PCollection<T>): Assertion<T> => new Assertion(collection, EVERYTHING);
