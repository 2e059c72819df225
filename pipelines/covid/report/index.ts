// The report: one page with charts that opens from disk and needs nothing from outside.
//
// report.ts is the step, data.ts what it shows, page.ts and style.ts the page, charts.ts the charts, draw.ts the library
// that draws them. Start with page.ts.
export type { ReportData } from './data.ts';
export { report } from './report.ts';
