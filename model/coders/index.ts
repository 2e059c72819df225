// How values become bytes. byte-writer.ts and byte-reader.ts are what coders write to and read from; leaf-coders.ts and
// composite-coders.ts are the coders to declare a type with; structural-coder.ts is for values nobody declared. Print-coder.ts
// turns coders into code, which compile-coder.ts does for a declared one and learning-coder.ts for shapes it learns.
// Imports nothing outside this folder but the model's errors, keys and plain data.
export { ByteReader } from './byte-reader.ts';
export { ByteWriter } from './byte-writer.ts';
export { type CodegenOptions, compileCoder } from './compile-coder.ts';
export { iterable, kvCoder, list, nullable, optional, row, type RowOf } from './composite-coders.ts';
export { fromBytes, toBytes } from './convert.ts';
export { bigint, boolean, bytes, date, double, int, number, string, timestamp } from './leaf-coders.ts';
export { learningCoder } from './learning-coder.ts';
export { structuralCoder } from './structural-coder.ts';
