import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
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

/** Chromium of the distribution; PATCHHAVEN_CHROMIUM names another. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['PATCHHAVEN_CHROMIUM'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: flags });
}

export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** May be changed while the page is open. */
  readonly visit: Visit;
  /** Errors, warnings and uncaught exceptions, as text. */
  readonly messages: string[];
  /** The last console lines of every kind, for whoever has to find out why. */
  readonly log: string[];
  goto(path: string): Promise<void>;
  close(): Promise<void>;
}

export interface PageOptions {
  readonly visit?: Partial<Visit>;
  readonly width?: number;
  readonly height?: number;
}

/** A page of its own in a context of its own, with the clock of the demo data. */
export async function openPage(browser: Browser, grafana: FakeGrafana, options: PageOptions = {}): Promise<OpenPage> {
  const { visit, cookie } = grafana.visit(options.visit);
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1400, height: options.height ?? 900 },
    timezoneId: 'UTC',
    locale: 'en-US',
    colorScheme: visit.theme,
    reducedMotion: 'reduce',
  });
  await context.addCookies([{ name: visitCookie, value: cookie, url: new URL(grafana.url).origin }]);
  const page = await context.newPage();
  await page.clock.setFixedTime(nowUnixSeconds * 1000);
  const messages: string[] = [];
  const log: string[] = [];
  page.on('console', (message) => {
    const failedUrl = message.text().startsWith('Failed to load resource') ? ` ${message.location().url}` : '';
    const line = `${message.type()}: ${message.text()}${failedUrl}`;
    log.push(line);
    if (message.type() === 'error' || message.type() === 'warning') messages.push(line);
  });
  page.on('pageerror', (error) => {
    log.push(`uncaught: ${String(error.stack)}`);
    messages.push(`uncaught: ${error.message}`);
  });
  page.on('requestfailed', (request) => log.push(`failed: ${request.url()} ${request.failure()?.errorText ?? ''}`));
  return {
    page,
    context,
    visit,
    messages,
    log,
    async goto(path) {
      await page.goto(grafana.url + path, { waitUntil: 'load' });
    },
    close: () => context.close(),
  };
}

const quietMs = 400;

/** Resolves when nothing is loading: no request for a while, no spinner, fonts there. */
export async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page
    .waitForFunction(
      () => document.querySelectorAll('[data-testid="Spinner"], [aria-label="Loading"]').length === 0,
      undefined,
      { timeout: 5000 },
    )
    .catch(() => undefined);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(quietMs);
}
