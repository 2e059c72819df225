import type { Element } from './element.ts';

/** Elements on their way: what came from one thing that a step did is taken together, and what is not ready yet stays. */
export class Queue {
  readonly #isReady: (element: Element) => boolean;
  readonly #batches: Element[][] = [[]];
  #waiting: readonly Element[] = [];

  constructor(isReady: (element: Element) => boolean) {
    this.#isReady = isReady;
  }

  get timestamps(): readonly number[] {
    return [...this.#waiting, ...this.#batches.flat()].map(({ timestamp }) => timestamp);
  }

  /** Whether there is something to take, or to find out that it has to wait. */
  get hasWork(): boolean {
    return this.#batches.flat().length > 0 || this.#waiting.some(this.#isReady);
  }

  add(element: Element): void {
    this.#batches.at(-1)?.push(element);
  }

  /** What comes from now on is another thing. */
  close(): void {
    if (this.#batches.at(-1)?.length) this.#batches.push([]);
  }

  /** What has waited and is ready, else what came first. */
  take(): readonly Element[] {
    const isFirst = this.#waiting.some(this.#isReady);
    const elements = [...this.#waiting, ...(isFirst ? [] : (this.#batches.shift() ?? []))];
    this.#waiting = elements.filter((element) => !this.#isReady(element));
    return elements.filter(this.#isReady);
  }
}
