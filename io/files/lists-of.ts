import type { WriteFormat } from './format.ts';

/**
 * A format of lists of records, whose records are written one after another.
 *
 * The elements of a collection have no order, the records of a list do: a table that is to be sorted is one list, as
 * `combineGlobally(toList())` and a sort give it.
 *
 * @example
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, readFileSync } from 'node:fs';
 * import { create, Pipeline } from 'viga';
 * import { csvWriteFormat } from 'viga/io/csv';
 * import { listsOf, writeFiles } from 'viga/io/files';
 * import { directRunner } from 'viga/runners/direct';
 *
 * const files = `${mkdtempSync('/tmp/table-')}/table.csv`;
 * const p = new Pipeline();
 * p.apply(create([[{ n: 1 }, { n: 2 }]])).apply(writeFiles(listsOf(csvWriteFormat<{ n: number }>({})), { files }));
 * await p.run(directRunner());
 * assert.equal(readFileSync(files, 'utf8'), 'n\n1\n2\n');
 */
export function listsOf<T>(format: WriteFormat<T>): WriteFormat<readonly T[]> {
  return {
    ...format,
    open(out, context) {
      const writer = format.open(out, context);
      return {
        async write(lists) {
          for (const list of lists) await writer.write(list);
        },
        close: () => writer.close(),
      };
    },
  };
}
