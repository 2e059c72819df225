import type { ReadFormat, WriteFormat } from '../../../io/files/index.ts';

/** Elements are texts that are written one after another, with nothing between. */
export const bytesFormat: WriteFormat<string> = {
  name: 'WriteBytes',
  extension: '.bin',
  open: (out) => ({ write: (values) => out.write(Buffer.from(values.join(''))), close: () => undefined }),
};

/** A file is one element, its whole text. */
export const wholeFormat: ReadFormat<string> = {
  name: 'ReadWhole',
  async read(file, tracker, output) {
    const pieces: Buffer[] = [];
    for await (const piece of file.chunks()) pieces.push(Buffer.from(piece));
    if (tracker.tryClaim(0)) await output.emit({ values: [Buffer.concat(pieces).toString()] });
    tracker.tryClaim(tracker.currentRestriction().to);
  },
};

/** Each byte is an element, so a file can be divided anywhere. */
export const byteFormat: ReadFormat<number> = {
  name: 'ReadBytes',
  split: async ({ size = 0 }, desired) =>
    Array.from({ length: desired }, (_, index) => ({
      from: Math.floor((size * index) / desired),
      to: Math.floor((size * (index + 1)) / desired),
    })),
  async read(file, tracker, output) {
    let { from } = tracker.currentRestriction();
    for await (const piece of file.chunks({ from })) {
      for (const byte of piece) {
        if (!tracker.tryClaim(from)) return;
        from += 1;
        await output.emit({ values: [byte] });
      }
    }
    tracker.tryClaim(tracker.currentRestriction().to);
  },
};
