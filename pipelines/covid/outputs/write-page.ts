import type { PCollection, PDone, PTransform } from 'viga';
import { type WriteFormat, writeFiles } from 'viga/io/files';

/** Writes a page, the only element of a collection, to a file. */
export function writePage(file: string): PTransform<PCollection<string>, PDone> {
  return { ...writeFiles(pageFormat, { files: file }), name: 'WritePage' };
}

/** Text as it is, where `writeText` would ask for one element a line. */
const pageFormat: WriteFormat<string> = {
  name: 'page',
  extension: '.html',
  open: (out) => ({
    write: (pages) => out.write(Buffer.from(pages.join(''))),
    close: () => undefined,
  }),
};
