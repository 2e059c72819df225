import type { Report } from './report.ts';

/** One line for machines. */
export const jsonLine = ({ id, status, reason, assertions }: Report): string =>
  JSON.stringify({ id, status, reason: reason ?? null, assertions });

/** One line for people. */
export function tableLine({ id, status, reason, assertions }: Report, title: string): string {
  const columns = `${id}  ${status.padEnd(6)}  ${String(assertions).padStart(2)}  ${title}`;
  return reason === undefined ? columns : `${columns}\n${' '.repeat(21)}${reason}`;
}

/** How many items stand how. */
export function summary(reports: readonly Report[]): string {
  const number = (status: Report['status']): number => reports.filter((report) => report.status === status).length;
  return `${number('pass')} pass, ${number('fail')} fail, ${number('ledger')} on the ledger, ${number('skip')} skipped`;
}
