import { mkdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { loadConfig } from '../config/load.ts';
import { ConfigError } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import { loadWebConfig, noWebConfig, type WebConfig } from '../config/web-config.ts';
import { connectorTypes } from '../connectors/registry.ts';
import { StoreError } from '../domain/errors.ts';
import type { Clock } from '../domain/time.ts';
import { createApp } from '../http/app.ts';
import { scrapeScope } from '../http/auth/scrape-scope.ts';
import type { ReloadResult } from '../http/deps.ts';
import { startServer } from '../http/server.ts';
import { metricsHandler } from '../metrics/http/metrics-handler.ts';
import { openStore } from '../store/open-store.ts';
import type { PatchStore } from '../store/patch-store.ts';
import { parseStoreUrl } from '../store/store-url.ts';
import { startRuntime } from './runtime.ts';

export interface ServeOptions {
  readonly configFile: string;
  /** `host:port`, port 0 = any free one. */
  readonly listenAddresses: readonly string[];
  /** TLS and basic authentication in the exporter-toolkit format. */
  readonly webConfigFile: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
}

export interface RunningExporter {
  /** Base URL of each listener, with the real port. */
  readonly urls: readonly string[];
  /** Resolves when the fleet is loaded and the first pages are published. */
  readonly ready: Promise<void>;
  reload(): Promise<ReloadResult>;
  close(): Promise<void>;
}

export const sourceSchemas = Object.fromEntries(
  Object.entries(connectorTypes).map(([type, definition]) => [type, definition.options]),
);

/** Pause between two tries to open a store that cannot be opened yet. */
const storeRetrySeconds = 5;
/** Requests under way get this long when the exporter stops. */
const closeGraceMs = 5000;

/**
 * Listens at once and becomes ready when the store is open and the log is folded. A store that cannot be opened keeps
 * the process up, not ready, and trying: nothing is acknowledged and nothing is muted meanwhile.
 */
export async function serve(options: ServeOptions): Promise<RunningExporter> {
  const { clock, log, version } = options;
  const config = loadConfig(options.configFile, { sourceSchemas, env: options.env });
  let handler: RequestListener = notReady;
  let web: WebConfig = options.webConfigFile === undefined ? noWebConfig : loadWebConfig(options.webConfigFile);
  const server = await startServer(
    (req, res) => {
      handler(req, res);
    },
    options.listenAddresses,
    web.tls,
  );
  const stopping = new AbortController();
  let close = (): Promise<void> => Promise.resolve();
  let reload = (): Promise<ReloadResult> =>
    Promise.resolve({ ok: false, problems: ['the exporter has not started yet'] });

  const start = async (): Promise<void> => {
    const store = await openStoreWhenPossible(config, log, stopping.signal);
    if (store === undefined) return;
    const runtime = await startRuntime({ config, store, clock, log, version, types: connectorTypes });
    reload = () =>
      reloadConfig(options, runtime.config(), async (next, nextWeb) => {
        server.setTls(nextWeb.tls);
        await runtime.apply(next);
        web = nextWeb;
      });
    const app = createApp({
      ...runtime,
      clock,
      log,
      version,
      store,
      settings: () => {
        const { api, checks, maintenance_schedules: schedules, metrics, links } = runtime.config();
        return { api, checks, schedules, organizationLabel: metrics.organizationLabel, appUrl: links.appUrl };
      },
      metrics: metricsHandler(runtime.exposition, runtime.self, { scope: scrapeScope }),
      reload: () => reload(),
      basicAuthUsers: () => web.basicAuthUsers,
    });
    handler = app;
    close = async () => {
      await runtime.stop();
      await store.close();
    };
    log.info({ urls: server.urls }, 'ready');
  };
  const ready = start();
  ready.catch((error: unknown) => {
    log.fatal({ err: error }, 'the exporter could not start');
  });

  return {
    urls: server.urls,
    ready,
    reload: () => reload(),
    async close() {
      stopping.abort();
      await server.close(closeGraceMs);
      await ready.catch(() => undefined);
      await close();
    },
  };
}

/** Alive, and saying so, but with nothing to answer from yet. */
const notReady: RequestListener = (req, res) => {
  const healthy = req.url === '/-/healthy';
  res.writeHead(healthy ? 200 : 503, { 'content-type': 'text/plain', 'retry-after': '5' });
  res.end(healthy ? 'Healthy.\n' : 'Not ready: the store is not open yet.\n');
};

/** Opens the store the configuration names. Rejects with StoreError. */
export function openConfiguredStore({ storage: { url, password } }: Config): Promise<PatchStore> {
  const address = parseStoreUrl(url);
  if (address.engine === 'sqlite' && address.file !== ':memory:') mkdirSync(dirname(address.file), { recursive: true });
  return openStore(password === undefined ? url : withPassword(url, password.reveal()));
}

async function openStoreWhenPossible(
  config: Config,
  log: Logger,
  signal: AbortSignal,
): Promise<PatchStore | undefined> {
  while (!signal.aborted) {
    try {
      return await openConfiguredStore(config);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      log.error({ kind: error.kind, err: error }, 'the store cannot be opened; trying again');
      await pause(storeRetrySeconds, signal);
    }
  }
  return undefined;
}

function withPassword(url: string, password: string): string {
  const parsed = new URL(url);
  parsed.password = encodeURIComponent(password);
  return parsed.href;
}

/** Ends early, also when the signal was given before. */
async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(seconds * 1000, undefined, { signal }).catch(() => undefined);
}

async function reloadConfig(
  options: ServeOptions,
  current: Config,
  apply: (config: Config, web: WebConfig) => Promise<void>,
): Promise<ReloadResult> {
  try {
    const next = loadConfig(options.configFile, { sourceSchemas, env: options.env });
    const web = options.webConfigFile === undefined ? noWebConfig : loadWebConfig(options.webConfigFile);
    const fixed = fixedParts(next) === fixedParts(current);
    if (!fixed)
      return { ok: false, problems: ['storage and metrics cannot change while running: restart the exporter'] };
    await apply(next, web);
    options.log.info('the configuration has been reloaded');
    return { ok: true };
  } catch (error) {
    const problems = error instanceof ConfigError ? error.message.split('\n') : [String(error)];
    options.log.error({ problems }, 'the new configuration is not used');
    return { ok: false, problems };
  }
}

function fixedParts({ storage, metrics }: Config): string {
  return JSON.stringify([storage.url, metrics]);
}
