/** What is said of a file that is no text. */
export interface NoText {
  /** What it is, why that matters, and how to make a text of it. */
  readonly message: string;
  /** What else a program can do. */
  readonly hint?: string;
}

interface Packing {
  readonly name: string;
  /** What files that are packed so begin with: never the beginning of a text. */
  readonly mark: readonly number[];
  /** The ending that has files of this kind unpacked while they are read. */
  readonly ending?: string;
}

const PACKINGS: readonly Packing[] = [
  { name: 'gzip', mark: [0x1f, 0x8b], ending: '.gz' },
  { name: 'zstd', mark: [0x28, 0xb5, 0x2f, 0xfd], ending: '.zst' },
  { name: 'zip', mark: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'bzip2', mark: [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59] },
  { name: 'xz', mark: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
];

/** Whether bytes begin with the mark of UTF-16, which no reader of bytes can cut into lines. */
const isUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

/** Why a file that begins with these bytes can't be read as text, whatever its name says; undefined if it may be one. */
export function whyNoText(bytes: Uint8Array): NoText | undefined {
  if (isUtf16(bytes)) {
    return {
      message:
        'the file is in UTF-16, as its first two bytes say. Only UTF-8 and Latin-1 are read. Convert it, e.g. with iconv -f UTF-16 -t UTF-8 OLD > NEW.',
    };
  }
  const packing = PACKINGS.find(({ mark }) => mark.every((byte, at) => bytes[at] === byte));
  if (packing === undefined) return undefined;
  const { name, ending } = packing;
  const what = `the file is packed with ${name}, as its first bytes say, and is read as if it were not. No text comes of that.`;
  if (ending === undefined) return { message: `${what} Unpack it.` };
  return {
    message: `${what} Give its name the ending ${ending}, or unpack it.`,
    hint: `A program whose files have other names passes compression: '${name}'.`,
  };
}
