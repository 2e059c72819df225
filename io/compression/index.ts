// Packed bytes: which way a name tells, packing them on their way to a file, and unpacking them without ever holding more
// than pieces. no-text.ts tells a file that is read as text and is packed; inflate.ts refuses what is cut, damaged or grows
// beyond reason; damaged-file.ts is the error that names file and byte. io/files is made of it. Imports model/ only.
export { codecOf, type Codec, type Compression, type ZlibStream } from './compression.ts';
export { damagedAt, DamagedFileError } from './damaged-file.ts';
export { inflate, type InflateLimits } from './inflate.ts';
export { type NoText, whyNoText } from './no-text.ts';
