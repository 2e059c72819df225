import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

// A real browser, driven by its DevTools protocol: nothing needs to be installed but the browser itself.

/** Where a browser is; undefined where there is none. */
export const browserPath: string | undefined = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((file) => file !== undefined && existsSync(file));

const LONGEST_MS = 20_000;

/** One tab of a browser. */
export class Tab {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (answer: { result?: unknown; error?: { message: string } }) => void>();
  /** What the page complained of: errors of scripts, and what its policy forbade. */
  readonly complaints: string[] = [];
  /** All addresses that the page asked for. */
  readonly requests: string[] = [];
  #last = 0;

  private constructor(child: ChildProcess, profile: string, socket: WebSocket) {
    this.#child = child;
    this.#profile = profile;
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(String(data)));
  }

  static async open(): Promise<Tab> {
    if (browserPath === undefined) throw new Error('there is no browser');
    const profile = await mkdtemp(path.join(tmpdir(), 'viga-browser-'));
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--remote-debugging-port=0'];
    const child = spawn(browserPath, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const browser = new URL(await debuggerAddress(child));
    const tabs = (await (await fetch(`http://${browser.host}/json/list`)).json()) as readonly {
      type: string;
      webSocketDebuggerUrl: string;
    }[];
    const address = tabs.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '';
    const socket = new WebSocket(address);
    await once(socket, 'open');
    const tab = new Tab(child, profile, socket);
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await tab.send(`${domain}.enable`);
    return tab;
  }

  /** Sends a command of the protocol. */
  send(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#last;
    return new Promise((done, failed) => {
      this.#answers.set(id, ({ result, error }) =>
        error === undefined ? done(result) : failed(new Error(`${method}: ${error.message}`)),
      );
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Gives the value of an expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = (await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })) as {
      result: { value?: unknown };
      exceptionDetails?: { text: string };
    };
    if (answer.exceptionDetails !== undefined) throw new Error(`${expression}: ${answer.exceptionDetails.text}`);
    return answer.result.value;
  }

  /** Goes to an address. */
  async visit(address: string): Promise<void> {
    await this.send('Page.navigate', { url: address });
    await this.until("document.readyState === 'complete' && location.href !== 'about:blank'");
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string): Promise<void> {
    const end = performance.now() + LONGEST_MS;
    while ((await this.evaluate(expression)) !== true) {
      if (performance.now() > end) throw new Error(`never came true: ${expression}`);
      await new Promise((next) => setTimeout(next, 20));
    }
  }

  /** Sets how large the window is, and whether the viewer wants it dark. */
  async look(width: number, height: number, scheme: 'light' | 'dark'): Promise<void> {
    await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    await this.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  }

  /** A picture of what is seen, as PNG. */
  async picture(): Promise<Buffer> {
    const { data } = (await this.send('Page.captureScreenshot', { format: 'png' })) as { data: string };
    return Buffer.from(data, 'base64');
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#socket.close();
    this.#child.kill('SIGKILL');
    await ended;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #receive(text: string): void {
    const { id, method, params, ...answer } = JSON.parse(text);
    if (id !== undefined) {
      this.#answers.get(id)?.(answer);
      this.#answers.delete(id);
    } else if (method === 'Runtime.exceptionThrown') this.complaints.push(params.exceptionDetails.text);
    else if (method === 'Log.entryAdded') this.complaints.push(params.entry.text);
    else if (method === 'Network.requestWillBeSent') this.requests.push(params.request.url);
  }
}

/** The browser says on its error stream where it listens. */
async function debuggerAddress({ stderr }: ChildProcess): Promise<string> {
  let said = '';
  for await (const chunk of stderr ?? []) {
    said += String(chunk);
    const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error(`the browser did not start: ${said}`);
}
