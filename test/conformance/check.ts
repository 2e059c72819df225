import assert from 'node:assert/strict';

/** Checks of what a run leaves: its result, its warnings, the error it ended with. Counts them. */
export class Check {
  #count = 0;

  /** How many checks were made. */
  get count(): number {
    return this.#count;
  }

  /** The two are equal by value. */
  equal(actual: unknown, expected: unknown): void {
    this.#count++;
    assert.deepEqual(actual, expected);
  }

  /** The text has a place that the pattern describes. */
  matches(text: string, pattern: RegExp): void {
    this.#count++;
    assert.match(text, pattern);
  }

  /** What the sentence says is true. */
  holds(condition: boolean, sentence: string): void {
    this.#count++;
    assert.ok(condition, sentence);
  }
}
