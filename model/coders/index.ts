// How values become bytes: where bytes are written to and read from. Imports nothing outside this folder but the model's
// errors. Start with byte-writer.ts.
export { ByteReader } from './byte-reader.ts';
export { ByteWriter } from './byte-writer.ts';
