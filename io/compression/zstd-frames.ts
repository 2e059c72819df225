/**
 * Follows the frames of zstd data, to tell whether they end where the data end: node:zlib before Node 24 takes data that are
 * cut off for whole. Only headers are looked at; what they say is checked by the decoder.
 *
 * Source: RFC 8878, "Zstandard Frames" and "Skippable Frames".
 */
export class ZstdFrames {
  #part: 'magic' | 'descriptor' | 'block' | 'skippable' | 'unknown' = 'magic';
  #header: number[] = [];
  /** Bytes to pass over before the next header. */
  #skip = 0;
  #hasChecksum = false;

  /** Whether all frames so far are complete. */
  get isBetweenFrames(): boolean {
    return this.#part === 'magic' && this.#header.length === 0 && this.#skip === 0;
  }

  take(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const passed = Math.min(this.#skip, bytes.length - at);
      this.#skip -= passed;
      at += passed;
      if (at === bytes.length) return;
      this.#header.push(bytes[at] as number); // within the array
      at += 1;
      if (this.#header.length < HEADER_BYTES[this.#part]) continue;
      const header = this.#header;
      this.#header = [];
      this.#follow(header);
    }
  }

  #follow(header: readonly number[]): void {
    const [first = 0, second = 0, third = 0, fourth = 0] = header;
    if (this.#part === 'magic') {
      if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd) this.#part = 'descriptor';
      else if ((first & 0xf0) === 0x50 && second === 0x2a && third === 0x4d && fourth === 0x18)
        this.#part = 'skippable';
      else this.#part = 'unknown';
    } else if (this.#part === 'descriptor') {
      const isSingleSegment = (first & 0x20) !== 0;
      const sizeFlag = first >> 6;
      const sizeBytes = sizeFlag === 0 ? Number(isSingleSegment) : 1 << sizeFlag;
      this.#hasChecksum = (first & 0x04) !== 0;
      this.#skip = Number(!isSingleSegment) + ([0, 1, 2, 4][first & 3] as number) + sizeBytes; // two bits
      this.#part = 'block';
    } else if (this.#part === 'block') {
      const size = (first >> 3) | (second << 5) | (third << 13);
      const isRepeatedByte = ((first >> 1) & 3) === 1;
      const isLast = (first & 1) !== 0;
      this.#skip = (isRepeatedByte ? 1 : size) + (isLast && this.#hasChecksum ? 4 : 0);
      if (isLast) this.#part = 'magic';
    } else if (this.#part === 'skippable') {
      this.#skip = first + second * 2 ** 8 + third * 2 ** 16 + fourth * 2 ** 24;
      this.#part = 'magic';
    }
  }
}

/** How long headers are; what is unknown has no end. */
const HEADER_BYTES = { magic: 4, descriptor: 1, block: 3, skippable: 4, unknown: Number.POSITIVE_INFINITY } as const;
