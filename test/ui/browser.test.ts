import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { servePage, type ServedPage } from '../../ui/index.ts';
import { browserPath, Tab } from './browser.ts';
import { EVIL, large, progressOf, subject } from './subject.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const reason = browserPath === undefined ? ' (skipped: there is no Chromium; name one with CHROMIUM)' : '';

describe.skipIf(browserPath === undefined)(`the page in a browser${reason}`, () => {
  let tab: Tab;
  let page: ServedPage;
  const about = subject();
  const textOf = (id: string) => tab.evaluate(`document.getElementById('${id}').textContent`);

  beforeAll(async () => {
    tab = await Tab.open();
    page = await servePage(about, { port: 0, now: () => NOW });
    page.progress(progressOf(about, 1_000, 10, { heldBy: EVIL }));
    await tab.visit(page.url);
  });
  afterAll(async () => {
    await page?.end('over');
    await tab?.close();
  });

  test('shows figures as they change', async () => {
    expect(await textOf('c0-in')).toBe('10');
    page.progress(progressOf(about, 2_000, 2_010));
    await tab.until("document.getElementById('c0-in').textContent === '2,010'");
    expect(await textOf('c0-flow')).toBe('2,010 → 2,010 · 2.00k/s');
  });

  test('opens a composite by the keyboard, keeps the focus there, and goes on', async () => {
    await tab.evaluate("document.getElementById('c0-fold').focus()");
    for (const type of ['rawKeyDown', 'char', 'keyUp']) {
      await tab.send('Input.dispatchKeyEvent', {
        type,
        key: 'Enter',
        code: 'Enter',
        text: '\r',
        windowsVirtualKeyCode: 13,
      });
    }
    await tab.until("document.getElementById('s2-in') !== null");
    expect(await tab.evaluate('document.activeElement.id')).toBe('c0-fold');
    expect(await tab.evaluate('document.activeElement.getAttribute("aria-expanded")')).toBe('true');
    expect(await tab.evaluate('location.search')).toContain('open=c0');
    page.progress(progressOf(about, 3_000, 3_000));
    await tab.until("document.getElementById('s2-in').textContent === '3,000'");
  });

  test('fits into a narrow window, where the table and the graph scroll by themselves', async () => {
    await tab.look(390, 800, 'dark');
    expect(await tab.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await tab.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(18, 20, 27)');
    // Names stay where they are when a table scrolls, and keep their lines: cells that share borders lose them then.
    expect(await tab.evaluate("getComputedStyle(document.querySelector('tbody th')).position")).toBe('sticky');
    expect(await tab.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse")).toBe('separate');
    await tab.look(1_300, 900, 'light');
    expect(await tab.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(251, 251, 253)');
  });

  test('takes names and messages as text, needs nothing from elsewhere, and breaks none of its own rules', async () => {
    page.message(EVIL);
    page.progress(progressOf(about, 4_000, 4_000, { heldBy: EVIL }));
    await tab.until("document.getElementById('messages').children.length === 1");
    expect(await textOf('messages')).toContain(EVIL);
    expect(await tab.evaluate("document.querySelectorAll('img').length")).toBe(0);
    expect(await tab.evaluate('document.title')).toBe(`orders ${EVIL} · Viga`);
    expect(tab.complaints).toEqual([]);
    const { origin } = new URL(page.url);
    expect(tab.requests.filter((address) => !address.startsWith(origin) && !address.startsWith('data:'))).toEqual([]);
  });

  test('has a name for each part that a screen reader stops at', async () => {
    const { nodes } = (await tab.send('Accessibility.getFullAXTree')) as {
      nodes: readonly { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
    };
    const stops = nodes.filter(
      ({ ignored, role }) =>
        !ignored && ['link', 'table', 'region', 'heading', 'columnheader', 'rowheader'].includes(role?.value ?? ''),
    );
    expect(stops.length).toBeGreaterThan(20);
    expect(stops.filter(({ name }) => (name?.value ?? '') === '')).toEqual([]);
    expect(stops.map(({ role, name }) => `${role?.value} ${name?.value}`)).toEqual(
      expect.arrayContaining(['table Steps', 'region Graph', 'columnheader watermark', 'rowheader Trim']),
    );
  });

  test('says that the run is over, and shows its last figures', async () => {
    await page.end('finished', progressOf(about, 4_100, 5_000));
    await tab.until("document.getElementById('status').textContent === 'finished'");
    expect(await textOf('s2-in')).toBe('5,000');
    await tab.evaluate("document.getElementById('c0-fold').click()");
    await tab.until("document.getElementById('status').textContent === 'finished; what is open stays as it is'");
    expect(await textOf('s2-in')).toBe('5,000');
  });

  test('shows five hundred steps in less than a second', async () => {
    const many = large(500);
    const other = await servePage(many, { port: 0 });
    try {
      other.progress(progressOf(many, 1_000, 10, {}));
      await tab.visit(other.url);
      await tab.until("document.getElementById('open-all') !== null");
      const ms = await tab.evaluate(`new Promise((done) => {
        const start = performance.now();
        document.getElementById('open-all').click();
        const look = () => document.querySelectorAll('tbody tr').length > 500
          ? requestAnimationFrame(() => done(performance.now() - start)) : setTimeout(look, 5);
        look();
      })`);
      expect(Number(ms)).toBeLessThan(1_000);
    } finally {
      await other.end('over');
    }
  });
});
