import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Script } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { CLIENT } from '../../ui/client.ts';
import { servePage, type PageSubject, type ServedPage } from '../../ui/index.ts';
import { EVIL, large, progressOf, subject } from './subject.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const pages: ServedPage[] = [];

async function served(about: PageSubject = subject()) {
  const page = await servePage(about, { port: 0, now: () => NOW });
  pages.push(page);
  const url = new URL(page.url);
  return { page, url, about, token: url.searchParams.get('token') ?? '' };
}

afterEach(async () => {
  for (const page of pages.splice(0)) await page.end('over');
});

interface Asking {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks by hand: fetch sets the headers itself that are tried here. */
function ask(url: URL, { path = url.pathname + url.search, method = 'GET', headers = {} }: Asking = {}) {
  return new Promise<{ status: number | undefined; headers: IncomingMessage['headers']; text: string }>(
    (done, failed) => {
      const sent = request({ host: '127.0.0.1', port: url.port, path, method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => done({ status: response.statusCode, headers: response.headers, text }));
      });
      sent.on('error', failed).end();
    },
  );
}

/** Reads events, one by one. */
async function* events(url: URL, query = '') {
  const response = await fetch(`http://${url.host}/events${url.search}${query}`);
  let rest = '';
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const whole = (rest + part).split('\n\n');
    rest = whole.pop() ?? '';
    for (const one of whole) {
      yield JSON.parse(one.replace(/^data: /, '')) as {
        texts: [string, string][];
        classes: [string, string][];
        messages?: string[];
        status: string;
        isOver: boolean;
      };
    }
  }
}

describe('who sees the page', () => {
  test('is who has its address, on this machine', async () => {
    const { url } = await served();
    expect(url.hostname).toBe('127.0.0.1');
    expect(await ask(url)).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(await ask(url, { headers: { host: `localhost:${url.port}` } })).toMatchObject({ status: 200 });
    const [other] = Object.values(networkInterfaces()).flatMap(
      (all) => all?.filter(({ internal, family }) => !internal && family === 'IPv4') ?? [],
    );
    if (other === undefined) return;
    const refused = await new Promise((done) => {
      connect(Number(url.port), other.address, () => done(false)).on('error', () => done(true));
    });
    expect(refused).toBe(true);
  });

  test.each(['/', '/?token=', '/?token=wrong', '/events', '/view?token=wrong', '/favicon.ico'])(
    'nobody without the token: %s',
    async (path) => {
      const { url, token } = await served();
      const { status, text } = await ask(url, { path });
      expect(status).toBe(403);
      expect(text).not.toContain(token);
    },
  );

  test('no page whose own name was made to lead here', async () => {
    const { url } = await served();
    for (const host of [
      'evil.example',
      `evil.example:${url.port}`,
      '127.0.0.1',
      `127.0.0.1.evil.example:${url.port}`,
    ]) {
      expect(await ask(url, { headers: { host } })).toMatchObject({ status: 403 });
    }
  });

  test('no page of another origin', async () => {
    const { url } = await served();
    for (const origin of ['http://evil.example', 'null', `https://127.0.0.1:${url.port}`, 'http://127.0.0.1:1']) {
      expect(await ask(url, { headers: { origin } })).toMatchObject({ status: 403 });
    }
    expect(await ask(url, { headers: { origin: url.origin } })).toMatchObject({ status: 200 });
  });

  test('and nobody can do more than look', async () => {
    const { url } = await served();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect(await ask(url, { method })).toMatchObject({ status: 405 });
    }
    expect(await ask(url, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });
});

test('there is nothing but the page: no path leads to a file', async () => {
  const { url } = await served();
  for (const path of ['/../../etc/passwd', '/%2e%2e/%2e%2e/package.json', '/ui/index.ts', '//etc/passwd', '/..%2f']) {
    const { status } = await ask(url, { path: `${path}${url.search}` });
    expect([400, 403, 404]).toContain(status);
  }
});

test('all that the page may load is itself, and nothing may show it in a frame or keep it', async () => {
  const { url } = await served();
  const { headers, text } = await ask(url);
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  expect(text).not.toMatch(/(?:src|href)="?(?:https?:)?\/\//);
  const [nonce] = /(?<=nonce-)[\w-]+/.exec(policy) ?? [];
  expect(text.split(`nonce="${nonce}"`)).toHaveLength(3);
  expect(policy).not.toBe((await ask(url)).headers['content-security-policy']);
});

test('names and messages are text, whatever they hold', async () => {
  const { page, url, about } = await served();
  page.progress(progressOf(about, 100, 3, { heldBy: EVIL }));
  page.message(`dropped ${EVIL}\u202e\u0007`);
  for (const path of ['/', '/view']) {
    const { text } = await ask(url, { path: `${path}${url.search}` });
    expect(text).not.toContain('<img');
    expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    expect(text).toContain('&lt;img src=x onerror=&quot;');
  }
});

test('what is asked for is never part of the answer', async () => {
  const { url } = await served();
  const { text } = await ask(url, { path: `/${url.search}&open=c0.%3Cscript%3Ealert(1)%3C/script%3E.c999.__proto__` });
  expect(text).not.toContain('alert(1)');
  expect(text).not.toContain('c999');
  expect(text).toContain('Clean');
  expect(text).toContain('>Trim<');
});

test('whoever looks is told what changes, once a second, and how it ends', async () => {
  const { page, url, about } = await served();
  page.progress(
    progressOf(about, 1_000, 10, { outputWatermark: NOW - 90_000, heldBy: 'the source Orders', stateBytes: 2_048 }),
  );
  const stream = events(url);
  const { value: first } = await stream.next();
  const texts = new Map(first?.texts);
  expect(texts.get('c0-in')).toBe('10');
  expect(texts.get('c0-mark')).toBe('2026-01-01 11:58:30');
  expect(texts.get('c0-lag')).toBe('1 min 30 s');
  expect(texts.get('c0-held')).toBe('the source Orders');
  expect(texts.get('c0-state')).toBe('4.00 KB');
  expect(first).toMatchObject({ status: 'running', isOver: false, messages: [] });
  // Too soon, and then not.
  page.progress(progressOf(about, 1_200, 12));
  page.message('three elements came too late');
  page.progress({
    ...progressOf(about, 3_000, 2_010),
    epoch: { number: 7, at: NOW - 400, durationMs: 12, outboxBytes: 0 },
  });
  const { value: second } = await stream.next();
  const later = new Map(second?.texts);
  expect(later.get('c0-in')).toBe('2,010');
  expect(later.get('c0-rate')).toBe('1.00k/s');
  expect(later.get('epoch')).toBe('number 7, 400 ms ago');
  expect(second?.messages).toEqual(['12:00:00 three elements came too late']);
  expect(new Map(second?.classes).get('e0')).toBe('edge r4');
  await page.end('finished', {
    ...progressOf(about, 3_100, 2_011),
    epoch: { number: 8, at: NOW, durationMs: 3, outboxBytes: 0 },
  });
  const { value: last } = await stream.next();
  expect(last).toMatchObject({ status: 'finished', isOver: true });
  expect(new Map(last?.texts).get('c0-in')).toBe('2,011');
  expect(new Map(last?.texts).get('epoch')).toBe('number 8, 0 ms ago');
  expect(await stream.next()).toMatchObject({ done: true });
  await expect(ask(url)).rejects.toThrow();
});

test('in a replay of old events lag is told against the newest watermark', async () => {
  const { page, url, about } = await served();
  const { steps, ...rest } = progressOf(about, 1_000, 1, { outputWatermark: 1_000_000 });
  const [behind, ...others] = steps;
  const live = behind?.live && { ...behind.live, outputWatermark: 940_000 };
  page.progress({ ...rest, steps: [...(behind === undefined ? [] : [{ ...behind, live }]), ...others] });
  const { value } = await events(url).next();
  const texts = new Map(value?.texts);
  expect([texts.get('s0-lag'), texts.get('s1-lag')]).toEqual(['1 min 00 s', '0 ms']);
});

test('more viewers than a person has are refused', async () => {
  const { url } = await served();
  const streams = Array.from({ length: 16 }, () => events(url));
  for (const stream of streams) await stream.next();
  expect(await ask(url, { path: `/events${url.search}` })).toMatchObject({ status: 503 });
});

test('a port that another has is the error of the system', async () => {
  const { url } = await served();
  await expect(servePage(subject(), { port: Number(url.port) })).rejects.toThrow('EADDRINUSE');
});

test('five hundred steps take less than 150 kB, folded and open', async () => {
  const { url, about } = await served(large(500));
  expect(about.graph.steps.length).toBeGreaterThan(500);
  const folded = await ask(url);
  const all = Array.from({ length: 60 }, (_, n) => `c${n}`).join('.');
  const open = await ask(url, { path: `/${url.search}&open=${all}` });
  expect(folded.text.split('<tr id="').length).toBeLessThan(60);
  expect(open.text.split('<tr id="').length).toBeGreaterThan(500);
  expect(gzipSync(folded.text).length).toBeLessThan(150_000);
  expect(gzipSync(open.text).length).toBeLessThan(150_000);
});

test('the script of the page can be read', () => {
  expect(() => new Script(CLIENT)).not.toThrow();
});
