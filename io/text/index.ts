// Text files: a line is an element. Start with read-text.ts and write-text.ts.
//
// line-format.ts is the ground of every format with a record per line, JSON lines too; line-blocks.ts cuts files into lines.
export { markLength, type TextEncoding } from './encoding.ts';
export { lineFormat, type Converted, type ConvertLines, type LineOptions, type Lines } from './line-format.ts';
export { readAllText, readText } from './read-text.ts';
export { type TextWriteOptions, writeText } from './write-text.ts';
