import { createHash } from 'node:crypto';

/** What happened in a simulated world, in order. Two runs of one seed have the same log, or something is not decided by it. */
export class EventLog {
  readonly #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(line);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** A short name for all of it. */
  get hash(): string {
    const hash = createHash('sha256');
    for (const line of this.#lines) hash.update(line).update('\n');
    return hash.digest('hex').slice(0, 16);
  }
}
