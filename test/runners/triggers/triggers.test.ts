// Triggers alone: what each kind does of itself, then inside of others.
import { describe, expect, test } from 'vitest';
import {
  afterAll,
  afterAny,
  afterCount,
  afterEach,
  afterProcessingTime,
  afterWatermark,
  ByteReader,
  ByteWriter,
  defaultTrigger,
  formatTrigger,
  never,
  orFinally,
  repeatedly,
  type Trigger,
} from '../../../model/index.ts';
import {
  decodeState,
  encodeState,
  isFinished,
  mergeStates,
  newState,
  nextDelay,
  onElement,
  onFire,
  shouldFire,
  treeOf,
  type TriggerState,
} from '../../../runners/triggers/index.ts';

/** A trigger of one window, told what happens; `e` is an element, `W` the end of the window, a number the clock. */
class Told {
  readonly #tree;
  readonly #isMerging: boolean;
  state: TriggerState;
  isOver = false;
  now = 0;

  constructor(trigger: Trigger, isMerging = false) {
    this.#tree = treeOf(trigger);
    this.#isMerging = isMerging;
    this.state = newState(this.#tree);
  }

  get isFinished(): boolean {
    return isFinished(this.#tree.root, this.state);
  }

  get wakesAt(): number {
    return nextDelay(this.#tree, this.state, this.now);
  }

  /** After which events it fired, by their place. */
  tell(...events: readonly ('e' | 'W' | number)[]): readonly number[] {
    return events.flatMap((event, i) => {
      if (event === 'W') this.isOver = true;
      else if (event === 'e') onElement(this.#tree.root, this.state, this.#time());
      else this.now = event;
      if (this.isFinished || !shouldFire(this.#tree.root, this.state, this.#time())) return [];
      onFire(this.#tree.root, this.state, this.#time());
      return [i];
    });
  }

  merge(...others: readonly Told[]): this {
    const states = [this, ...others].map(({ state }) => state);
    this.state = mergeStates(this.#tree, states, undefined, this.#time());
    return this;
  }

  #time() {
    return { isOver: this.isOver, now: this.now, isMerging: this.#isMerging };
  }
}

const soon = afterProcessingTime({ delay: 5 });

describe('a trigger fires, and is finished then or not', () => {
  test.each<[Trigger, readonly ('e' | 'W' | number)[], readonly number[], boolean]>([
    [defaultTrigger(), ['e', 'W', 'e', 'e'], [1, 2, 3], false],
    [never(), ['e', 'W', 100, 'e'], [], false],
    [afterCount(2), ['e', 'e', 'e'], [1], true],
    [soon, ['e', 4, 'e', 5], [3], true],
    [afterWatermark(), ['e', 'W', 'e'], [1], true],
    [afterWatermark({ early: afterCount(2) }), ['e', 'e', 'e', 'e', 'e', 'W', 'e'], [1, 3, 5], true],
    [afterWatermark({ late: afterCount(2) }), ['e', 'W', 'e', 'e', 'e', 'e'], [1, 3, 5], false],
    [afterWatermark({ early: afterCount(1), late: afterCount(2) }), ['e', 'W', 'e', 'e'], [0, 1, 3], false],
    [afterWatermark({ early: repeatedly(afterCount(2)) }), ['e', 'e', 'e', 'e'], [1, 3], false],
    [afterWatermark({ early: afterAny(afterCount(2), soon) }), ['e', 'e', 'e', 9, 'e'], [1, 3], false],
    [repeatedly(afterCount(2)), ['e', 'e', 'e', 'e', 'e'], [1, 3], false],
    [repeatedly(soon), ['e', 5, 'e', 9, 10], [1, 4], false],
    [repeatedly(afterWatermark()), ['e', 'W', 'e'], [1, 2], false],
    [afterAny(afterCount(3), soon), ['e', 'e', 5, 'e'], [2], true],
    [repeatedly(afterAny(afterCount(2), soon)), ['e', 5, 'e', 9, 'e', 'e'], [1, 4], false],
    [afterAll(afterCount(2), soon), ['e', 'e', 4, 5], [3], true],
    [afterAll(afterCount(2), afterWatermark()), ['e', 'W', 'e'], [2], true],
    [afterEach(afterCount(1), afterCount(2)), ['e', 'e', 'e', 'e'], [0, 2], true],
    [repeatedly(afterEach(afterCount(1), afterCount(2))), ['e', 'e', 'e', 'e', 'e'], [0, 2, 3], false],
    [orFinally(repeatedly(afterCount(2)), afterCount(5)), ['e', 'e', 'e', 'e', 'e'], [1, 3, 4], true],
    [orFinally(afterCount(2), afterCount(5)), ['e', 'e', 'e'], [1], true],
    [orFinally(repeatedly(soon), afterWatermark()), ['e', 5, 'e', 'W'], [1, 3], true],
  ])('%j %j', (trigger, events, fired, finished) => {
    const told = new Told(trigger);
    expect([told.tell(...events), told.isFinished]).toEqual([fired, finished]);
  });
});

test('a delay counts from the first element, and is not waited for when it has passed or fired', () => {
  const told = new Told(afterAll(soon, afterCount(2)));
  expect(told.wakesAt).toBe(Number.POSITIVE_INFINITY);
  told.tell(1, 'e');
  expect(told.wakesAt).toBe(6);
  told.tell(6);
  expect(told.wakesAt).toBe(Number.POSITIVE_INFINITY);
  const repeated = new Told(repeatedly(soon));
  repeated.tell('e', 5);
  expect(repeated.wakesAt).toBe(Number.POSITIVE_INFINITY);
});

describe('when windows become one', () => {
  const made = (trigger: Trigger, ...events: readonly ('e' | 'W' | number)[]): Told => {
    const told = new Told(trigger, true);
    told.tell(...events);
    return told;
  };

  test('counts add up', () => {
    const count = repeatedly(afterCount(4));
    expect(made(count, 'e', 'e').merge(made(count, 'e')).tell('e')).toEqual([0]);
  });

  test('the first delay ends the wait', () => {
    const delay = repeatedly(soon);
    expect(made(delay, 3, 'e').merge(made(delay, 1, 'e'), made(delay, 2, 'e')).wakesAt).toBe(6);
  });

  test('a count that was reached in one of them has been reached', () => {
    const trigger = afterEach(afterCount(1), afterCount(2));
    // In the one `afterCount(1)` has fired, in the other nothing came: two more are waited for.
    expect(made(trigger, 'e').merge(made(trigger)).tell('e', 'e')).toEqual([1]);
  });

  test('the end is still to fire where one of them has not fired it, or where what they became is not over', () => {
    const trigger = afterWatermark({ late: afterCount(5) });
    const merged = made(trigger, 'e', 'W').merge(made(trigger, 'e'));
    expect(merged.tell('W')).toEqual([0]);
    const prolonged = made(trigger, 'e', 'W');
    prolonged.isOver = false;
    expect(prolonged.merge().tell('e', 'W')).toEqual([1]);
    const past = made(trigger, 'e', 'W').merge(made(trigger, 'e', 'W'));
    expect(past.tell('e', 'e')).toEqual([]);
  });

  test('parts that follow begin anew behind the first that goes on', () => {
    const trigger = afterEach(afterAll(afterCount(1), soon), afterCount(1));
    const merged = made(trigger, 'e').merge(made(trigger, 'e'));
    expect(merged.tell(5, 'e')).toEqual([0, 1]);
  });

  test('the default trigger, never and all that is composed stay what they are', () => {
    for (const trigger of [
      defaultTrigger(),
      never(),
      afterAny(afterCount(2), soon),
      afterAll(afterCount(2), never()),
    ]) {
      expect(made(trigger).merge(made(trigger)).isFinished, formatTrigger(trigger)).toBe(false);
    }
    const until = orFinally(repeatedly(afterCount(2)), afterCount(3));
    expect(made(until, 'e', 'e').merge(made(until, 'e')).tell('e')).toEqual([0]);
  });
});

test('the state of a trigger comes back from its bytes', () => {
  const trigger = orFinally(repeatedly(afterAny(afterCount(3), soon)), afterEach(afterCount(1), afterWatermark()));
  const tree = treeOf(trigger);
  const told = new Told(trigger);
  told.tell(2, 'e', 'e');
  const writer = new ByteWriter();
  encodeState(told.state, writer);
  expect(decodeState(tree, new ByteReader(writer.toBytes()))).toEqual(told.state);
});
