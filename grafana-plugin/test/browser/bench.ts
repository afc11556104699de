import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { launchBrowser, type OpenPage, type PageOptions, type Session, startSession } from '../host/browser.ts';
import type { GrafanaVersion } from '../host/bundle.ts';
import { type Host, startHost } from '../host/host.ts';
import { worldNames } from '../host/world/start-world.ts';

const evidenceFolder = fileURLToPath(new URL('../../.cache/browser-failures', import.meta.url));

/** What the browser tests of one run share: one host, one browser, one session per Grafana. */
export interface Bench {
  host(): Host;
  /** A page that is closed after the test. When the test fails, its screenshot and console stay under `.cache`. */
  open(version: GrafanaVersion, options?: PageOptions & { subPath?: string }): Promise<OpenPage>;
  /** One page for many tests: loading Grafana's libraries takes longer than most of them. A failed test gets a new one. */
  sharedPage(version: GrafanaVersion): () => Promise<OpenPage>;
}

/** Call once per file, at its top level. */
export function useBench(): Bench {
  let host: Host | undefined;
  let browser: Browser | undefined;
  const sessions = new Map<string, Promise<Session>>();
  beforeAll(async () => {
    [host, browser] = await Promise.all([startHost(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
  });
  const running = <T>(what: T | undefined): T => {
    if (what === undefined) throw new Error('the bench is used before beforeAll');
    return what;
  };
  const start = async (
    version: GrafanaVersion,
    { subPath = '', ...options }: PageOptions & { readonly subPath?: string } = {},
  ): Promise<OpenPage> => {
    const grafana = await running(host).grafana(version, subPath);
    const world = worldNames.find((name) => name === (options.visit?.world ?? 'demo'));
    if (world !== undefined) await running(host).world(world);
    const key = `${version}${subPath}`;
    const session = sessions.get(key) ?? startSession(running(browser), grafana);
    sessions.set(key, session);
    return (await session).open(options);
  };
  return {
    host: () => running(host),
    async open(version, options) {
      const opened = await start(version, options);
      onTestFinished(async ({ task }) => {
        if (task.result?.state === 'fail') await keepEvidence(task.name, version, opened);
        await opened.page.close();
      });
      return opened;
    },
    sharedPage(version) {
      let shared: OpenPage | undefined;
      return async () => {
        const opened = (shared ??= await start(version));
        onTestFinished(async ({ task }) => {
          if (task.result?.state !== 'fail') return;
          await keepEvidence(task.name, version, opened);
          await opened.page.close();
          shared = undefined;
        });
        return opened;
      };
    },
  };
}

async function keepEvidence(name: string, version: string, { page, log }: OpenPage): Promise<void> {
  mkdirSync(evidenceFolder, { recursive: true });
  const file = path.join(evidenceFolder, `${version} ${name}`.replace(/[^\w.-]+/g, '-').slice(0, 120));
  writeFileSync(`${file}.log`, [page.url(), ...log, ''].join('\n'));
  await page.screenshot({ path: `${file}.png` }).catch((error: unknown) => {
    writeFileSync(`${file}.log`, `${log.join('\n')}\nno screenshot: ${String(error)}\n`);
  });
}
