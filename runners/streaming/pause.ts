/** Holds the stages of a run still while an epoch is cut: what has waited for something outside asks here before it goes on. */
export class Pause {
  #held: PromiseWithResolvers<void> | undefined;

  hold(): void {
    this.#held ??= Promise.withResolvers();
  }

  release(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  get isOn(): boolean {
    return this.#held !== undefined;
  }

  /** Resolves when nothing is held. */
  async wait(): Promise<void> {
    while (this.#held !== undefined) await this.#held.promise;
  }
}
