// JSON: a value per line (read-json-lines.ts, write-json.ts), and whole documents, whose arrays may be larger than memory
// (read-json.ts, json-values.ts). Nothing is lost in silence: large integers, NaN, dates and bytes have their rules.
export type { JsonOptions } from './element.ts';
export type { BigIntegers } from './parse-json.ts';
export { readAllJson, readJson, type JsonDocumentOptions } from './read-json.ts';
export { readAllJsonLines, readJsonLines, type JsonLinesOptions } from './read-json-lines.ts';
export { type JsonWriteOptions, writeJson, writeJsonLines } from './write-json.ts';
