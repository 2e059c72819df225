/** What a strict run does besides; the same seed does the same again. */
export interface StrictOptions {
  readonly seed: number;
  /** Bundles and batches of random sizes. */
  readonly bundleSizes: boolean;
  /** Elements are encoded and decoded at each edge, as if they left memory. */
  readonly encode: boolean;
  /** A step that changes the element it is given fails. */
  readonly mutation: boolean;
  /** Elements come in another order where the model gives none. */
  readonly permute: boolean;
}
