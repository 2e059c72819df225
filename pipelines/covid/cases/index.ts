// What one confirmed case is, and how the rows of the published files become cases.
//
// layouts.ts knows the headers, normalize.ts turns a row into a case or says why it is none (dates.ts, departments.ts,
// countries.ts, vocabularies.ts and text.ts know the fields), file-summary.ts counts, one-row-per-case.ts removes
// duplicates. Start with case.ts and normalize.ts.
export { type Case, isDeath, nullableColumns } from './case.ts';
export { dateOfDay, dayNumber, type IsoDate, parseDate } from './dates.ts';
export { departments } from './departments.ts';
export { type CheckedRow, type FileSummary, type RejectedRow, summarizeFiles } from './file-summary.ts';
export { rejectionReasons } from './normalize.ts';
export { oneRowPerCase } from './one-row-per-case.ts';
export { contagionTypes } from './vocabularies.ts';
export { checkRow, readRows } from './read-rows.ts';
export { baseName, compareText } from './text.ts';
