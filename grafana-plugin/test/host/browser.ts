import { type Browser, chromium, type Page, type Request } from 'playwright-core';
import { requireProgram } from '../../../testbed/src/binaries.ts';
import type {} from './browser/control.ts';
import type { FakeGrafana, Visit } from './server/grafana.ts';
import { visitCookie } from './server/grafana.ts';
import { nowUnixSeconds } from './world/night.ts';

/** Quiet and small: no updates, no sync, no GPU, no `/dev/shm`. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-sync',
  '--mute-audio',
  '--no-first-run',
  '--font-render-hinting=none',
  '--force-color-profile=srgb',
];

/** Chromium of the distribution. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: requireProgram('chromium').file, args: flags });
}

export interface OpenPage {
  readonly page: Page;
  /** May be changed while the page is open. */
  readonly visit: Visit;
  /** Errors, warnings and uncaught exceptions, as text. */
  readonly messages: string[];
  /** Console lines of every kind and failed requests, for whoever has to find out why. */
  readonly log: string[];
  readonly pending: ReadonlySet<Request>;
  /** Loads a page anew. Path as in Grafana's address bar, without a sub path. */
  goto(path: string): Promise<void>;
  /** Goes there as a click on a link does, without loading the page. */
  navigate(path: string): Promise<void>;
}

export interface PageOptions {
  readonly visit?: Partial<Visit>;
  readonly width?: number;
  readonly height?: number;
}

/** Pages of one visitor of one Grafana. They share a cache: the libraries are loaded once. */
export interface Session {
  open(options?: PageOptions): Promise<OpenPage>;
  close(): Promise<void>;
}

/** The clock of every page is that of the demo data. */
export async function startSession(browser: Browser, grafana: FakeGrafana): Promise<Session> {
  const context = await browser.newContext({ timezoneId: 'UTC', locale: 'en-US', reducedMotion: 'reduce' });
  await context.clock.setFixedTime(nowUnixSeconds * 1000);
  return {
    async open({ visit: wanted, width = 1400, height = 900 } = {}) {
      const { visit, cookie } = grafana.visit(wanted);
      await context.addCookies([{ name: visitCookie, value: cookie, url: new URL(grafana.url).origin }]);
      const page = await context.newPage();
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: visit.theme });
      const ears = listen(page);
      const goto = async (path: string): Promise<void> => {
        await page.goto(grafana.url + path, { waitUntil: 'load' });
      };
      const navigate = (path: string): Promise<void> =>
        page.evaluate((to) => {
          window.hostControl.navigate(to);
        }, path);
      return { page, visit, ...ears, goto, navigate };
    },
    close: () => context.close(),
  };
}

interface Ears {
  readonly messages: string[];
  readonly log: string[];
  /** Requests under way. */
  readonly pending: Set<Request>;
}

function listen(page: Page): Ears {
  const messages: string[] = [];
  const log: string[] = [];
  const pending = new Set<Request>();
  page.on('console', (message) => {
    const text = message.text();
    const url = text.startsWith('Failed to load resource') ? ` ${message.location().url}` : '';
    const line = `${message.type()}: ${text}${url}`;
    log.push(line);
    if (message.type() === 'error' || message.type() === 'warning') messages.push(line);
  });
  page.on('pageerror', (error) => {
    log.push(`uncaught: ${String(error.stack)}`);
    messages.push(`uncaught: ${error.message}`);
  });
  page.on('request', (request) => pending.add(request));
  page.on('requestfinished', (request) => pending.delete(request));
  page.on('requestfailed', (request) => {
    pending.delete(request);
    log.push(`failed: ${request.url()} ${request.failure()?.errorText ?? ''}`);
  });
  return { messages, log, pending };
}

const quietMs = 120;
const patienceMs = 8000;

/** Resolves when nothing is loading: no request for a moment, no placeholder, no spinner, fonts there. */
export async function settle({ page, pending }: OpenPage): Promise<void> {
  const limit = Date.now() + patienceMs;
  for (let quietSince = Date.now(); Date.now() < limit && Date.now() - quietSince < quietMs;) {
    await page.waitForTimeout(30);
    if (pending.size > 0) quietSince = Date.now();
  }
  const loading = page.locator('[data-testid="Spinner"], [aria-label^="Loading"], [aria-busy="true"]');
  await loading
    .first()
    .waitFor({ state: 'hidden', timeout: patienceMs })
    .catch(() => undefined);
  await page.evaluate(() => document.fonts.ready);
}
