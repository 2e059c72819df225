import type { BlockStream } from '../../cli/live-block.ts';

const ESCAPE = '\u001b';
const CODE_OR_CHARACTER = new RegExp(String.raw`${ESCAPE}\[(\d*)([A-Za-z])|[\s\S]`, 'gu');

/** A terminal of so many columns, as far as a live block needs one: it knows what is on it after all that was written. */
export function screen(columns: number): BlockStream & { readonly rows: () => string[] } {
  const rows: string[][] = [[]];
  let row = 0;
  let column = 0;
  const newRow = (): void => {
    row++;
    rows[row] ??= [];
  };
  const put = (character: string): void => {
    if (column === columns) {
      newRow();
      column = 0;
    }
    (rows[row] ?? [])[column++] = character;
  };
  const codes: Readonly<Record<string, (n: number) => void>> = {
    A: (n) => {
      row = Math.max(0, row - n);
    },
    K: () => void rows[row]?.splice(column),
    J: () => {
      rows[row]?.splice(column);
      rows.splice(row + 1);
    },
    m: () => undefined,
  };
  return {
    isTTY: true,
    columns,
    write(text: string | Uint8Array) {
      for (const part of String(text).matchAll(CODE_OR_CHARACTER)) {
        const [all, n, code] = part;
        if (code !== undefined) codes[code]?.(Number(n));
        else if (all === '\r') column = 0;
        else if (all === '\n') {
          newRow();
          column = 0;
        } else put(all);
      }
      return true;
    },
    rows: () =>
      rows.map((cells) =>
        Array.from(cells, (cell) => cell ?? ' ')
          .join('')
          .trimEnd(),
      ),
  };
}
