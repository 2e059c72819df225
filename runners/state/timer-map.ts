import type { HeldTimer, TimerName } from './held-timer.ts';

/** Timers by owner, then name. Most owners have one timer: it takes no Map of its own. */
export class TimerMap {
  readonly #owners = new Map<string, HeldTimer | Map<string, HeldTimer>>();
  size = 0;

  get({ owner, name }: TimerName): HeldTimer | undefined {
    const found = this.#owners.get(owner);
    if (found instanceof Map) return found.get(name);
    return found?.name === name ? found : undefined;
  }

  /** Puts a timer in the place of the one of its name. */
  put(timer: HeldTimer): void {
    const { owner, name } = timer;
    const found = this.#owners.get(owner);
    if (found instanceof Map) {
      if (!found.has(name)) this.size += 1;
      found.set(name, timer);
    } else if (found === undefined || found.name === name) {
      if (found === undefined) this.size += 1;
      this.#owners.set(owner, timer);
    } else {
      this.size += 1;
      this.#owners.set(owner, new Map([found, timer].map((one) => [one.name, one])));
    }
  }

  delete({ owner, name }: TimerName): void {
    const found = this.#owners.get(owner);
    if (found instanceof Map) {
      if (found.delete(name)) this.size -= 1;
      if (found.size === 0) this.#owners.delete(owner);
    } else if (found?.name === name) {
      this.size -= 1;
      this.#owners.delete(owner);
    }
  }

  *values(): Iterable<HeldTimer> {
    for (const found of this.#owners.values()) {
      if (found instanceof Map) yield* found.values();
      else yield found;
    }
  }

  clear(): void {
    this.#owners.clear();
    this.size = 0;
  }
}
