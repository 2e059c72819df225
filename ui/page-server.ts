import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Progress, Timestamp } from '../model/index.ts';
import { accessOf } from './access.ts';
import { type LastFigures, LivePage, type PageSubject } from './live-page.ts';

/** Where a page is served. */
export interface PageOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** Default: the machine's clock. */
  readonly now?: () => Timestamp;
}

/** A page that is served. */
export interface ServedPage {
  /** With the token. */
  readonly url: string;
  progress(progress: Progress): void;
  /** Shows a line that is worth reading. */
  message(text: string): void;
  /** Tells viewers how the run ended, and serves no more. */
  end(status: string, last?: LastFigures): Promise<void>;
}

/** A page for one machine's user needs few; a browser keeps one for each tab. */
const MOST_VIEWERS = 16;
/** Milliseconds that viewers have to take the end of the run. */
const LONGEST_GOODBYE = 500;

/** No request leaves the page, no other page shows it, nothing of it is kept. */
const HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
} as const;

const policyOf = (nonce: string): string =>
  `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Serves a page to this machine only. */
export async function startServer(subject: PageSubject, { port, now = Date.now }: PageOptions): Promise<ServedPage> {
  const token = randomBytes(24).toString('base64url');
  const page = new LivePage(subject, now);
  const viewers = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const access = accessOf({ method, url, host: headers.host, origin: headers.origin }, bound(), token);
    if ('status' in access) return refuse(response, access.status, access.why);
    const open = (access.query.get('open') ?? '').split('.');
    const addressOf = addressesWith(token);
    if (access.path === '/') {
      const nonce = randomBytes(16).toString('base64url');
      return answer(request, response, policyOf(nonce), page.html(open, addressOf, nonce));
    }
    if (access.path === '/view') return answer(request, response, policyOf(''), page.view(open, addressOf));
    if (access.path !== '/events') return refuse(response, 404, 'there is no such page');
    if (viewers.size >= MOST_VIEWERS) return refuse(response, 503, 'too many look already');
    if (request.method === 'HEAD') return refuse(response, 405, 'events have no head');
    viewers.add(response);
    const leave = stream(response, page, open);
    response.on('close', () => {
      leave();
      viewers.delete(response);
    });
  });
  const bound = (): number => (server.address() as AddressInfo).port; // it listens on a port, not on a pipe
  server.maxConnections = 4 * MOST_VIEWERS;
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    // The loopback address itself: no name that could mean another, no other interface.
    server.listen(port, '127.0.0.1', done);
  });
  // Nobody who looks keeps the process going.
  server.unref();
  return {
    url: `http://127.0.0.1:${bound()}/?token=${token}`,
    progress: (progress) => page.progress(progress),
    message: (text) => page.message(text),
    async end(status, last) {
      page.end(status, last);
      const goodbyes = Array.from(viewers, (viewer) => new Promise<void>((done) => viewer.end(done)));
      const enough = new Promise<void>((done) => void setTimeout(done, LONGEST_GOODBYE).unref());
      await Promise.race([Promise.all(goodbyes), enough]);
      server.close();
      server.closeAllConnections();
    },
  };
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${why}\n`);
}

function answer({ method }: IncomingMessage, response: ServerResponse, policy: string, text: string): void {
  response.writeHead(200, {
    ...HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
  });
  response.end(method === 'HEAD' ? undefined : text);
}

/** Addresses of the page, by the composites that are open on it. */
const addressesWith =
  (token: string) =>
  (opened: Iterable<string>): string => {
    const ids = [...opened].join('.');
    return `?token=${token}${ids === '' ? '' : `&open=${ids}`}`;
  };

/** Sends what changes as server-sent events until the viewer leaves. */
function stream(response: ServerResponse, page: LivePage, open: readonly string[]): () => void {
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
  const viewer = page.watch(open, (data) => response.write(`data: ${data}\n\n`));
  response.on('drain', viewer.caughtUp);
  return viewer.leave;
}
