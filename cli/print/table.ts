import { displayWidth, fit, padEnd, padStart } from './width.ts';

/** A cell: its text, and how it is painted once it has its width. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** A column of a table. */
export interface Column {
  readonly align: 'left' | 'right';
  /** Gives way where lines are too long, down to {@link NARROWEST}; says which end of its text is cut. One column may. */
  readonly shrinks?: 'start' | 'end';
  /** Left out where lines are still too long, the lowest number first. */
  readonly dropped?: number;
}

const GAP = 2;
const NARROWEST = 8;

type Sized = Column & { readonly at: number; readonly width: number };

/** Lines of aligned cells, fitted to `width`; columns in which no row has text are left out. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  indent = 2,
): string[] {
  const sized = columns.map((column, at) => ({ ...column, at, width: widest(rows, at) })).filter((c) => c.width > 0);
  const fitted = fitColumns(sized, width - indent);
  return rows.map((row) => {
    const cells = fitted.map((column, n) => {
      const { text, paint } = row[column.at] ?? { text: '' };
      const cut = fit(text, column.width, column.shrinks);
      const isLast = n === fitted.length - 1;
      const padded = column.align === 'right' ? padStart(cut, column.width) : isLast ? cut : padEnd(cut, column.width);
      return paint ? paint(padded) : padded;
    });
    return `${' '.repeat(indent)}${cells.join(' '.repeat(GAP))}`.trimEnd();
  });
}

function fitColumns(columns: readonly Sized[], width: number): readonly Sized[] {
  const total = columns.reduce((sum, column) => sum + column.width + GAP, -GAP);
  const shrinking = columns.find(({ shrinks }) => shrinks !== undefined);
  const excess = total - width;
  if (excess <= 0) return columns;
  const spare = shrinking === undefined ? 0 : Math.max(0, shrinking.width - NARROWEST);
  const drop = columns
    .filter(({ dropped }) => dropped !== undefined)
    .sort((a, b) => (a.dropped ?? 0) - (b.dropped ?? 0))[0];
  if (excess > spare && drop !== undefined) {
    return fitColumns(
      columns.filter((column) => column !== drop),
      width,
    );
  }
  return columns.map((column) =>
    column === shrinking ? { ...column, width: column.width - Math.min(spare, excess) } : column,
  );
}

const widest = (rows: readonly (readonly Cell[])[], at: number): number =>
  rows.reduce((max, row) => Math.max(max, displayWidth(row[at]?.text ?? '')), 0);
