// What a run looks like from outside: a page that shows it while it lasts, and how numbers are written, there and in a
// terminal. Imports the model only; what the page is about is given to it.
//
// page-server.ts is where requests come in; live-page.ts holds what viewers are told. A viewer sees a fold of the graph
// (fold.ts): composites are one node until they are opened. Everything is drawn here (layout.ts, graph-svg.ts,
// document.ts); the browser only puts texts in their places (client.ts).
import type { PageSubject } from './live-page.ts';
import type { PageOptions, ServedPage } from './page-server.ts';

export type { PageSubject } from './live-page.ts';
export type { ServedPage } from './page-server.ts';
export { formatBytes, formatCount, formatDuration, formatRate, plural } from './quantities.ts';
export { formatWatermark, isLive, isWithin } from './watermarks.ts';

/**
 * Serves the page of a run to this machine.
 *
 * @returns its address, with the token without which nothing is shown, and what tells it how the run goes
 * @throws the system's error where the port can not be had
 */
export async function servePage(subject: PageSubject, options: PageOptions): Promise<ServedPage> {
  // A run without a page needs no server.
  const { startServer } = await import('./page-server.ts');
  return startServer(subject, options);
}
