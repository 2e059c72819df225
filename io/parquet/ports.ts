/** A file that can be read at any place: a local file, an object in a store, bytes in memory. */
export interface ByteSource {
  /** The length of the whole file in bytes. */
  readonly byteLength: number;
  /** The bytes from `start` up to, not including, `end`. Fewer bytes than asked for are an error of the file. */
  slice(start: number, end: number): Promise<ArrayBuffer | Uint8Array> | ArrayBuffer | Uint8Array;
}

/** Takes the bytes of a file in order. The bytes belong to the sink: they are not changed afterwards. */
export interface ByteSink {
  /** Wait for the promise, where there is one, before the next call. */
  write(bytes: Uint8Array): void | Promise<void>;
}
