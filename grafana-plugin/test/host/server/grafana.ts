import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleHost, type GrafanaVersion } from '../bundle.ts';
import { bootPage } from './boot-page.ts';
import { readIcon } from './icons.ts';
import type { GrafanaUser, IdSigner } from './id-token.ts';
import { type InstalledPlugin, readPlugins } from './plugins.ts';
import { provisionedSources } from './provisioned.ts';
import { type ProxiedSource, proxyToDataSource, sendJson } from './proxy.ts';

/** What one visitor sees; tests hold one per page and may change it while the page is open. */
export interface Visit {
  user: GrafanaUser;
  theme: 'dark' | 'light';
  timeZone: string;
  /** Which of the worlds answers; see `GrafanaOptions.worlds`. */
  world: string;
  /** The user's session has ended: Grafana itself answers 401 from now on. */
  signedOut: boolean;
  /** A token to send instead of the one Grafana signs; for forgeries. */
  idToken: string | undefined;
}

/** What stands behind the two data sources. */
export interface World {
  /** The exporter and the bearer token in secureJsonData. */
  readonly exporterUrl: string;
  readonly token: string;
  readonly prometheusUrl: string;
}

export interface GrafanaOptions {
  readonly version: GrafanaVersion;
  readonly dist: string;
  /** For example '/grafana'; default none. */
  readonly subPath?: string;
  /** By name; `demo` must be there. Read at each request. */
  readonly worlds: Readonly<Record<string, World>>;
  readonly signer: IdSigner;
  /** What the signed tokens take for now. */
  readonly nowUnixSeconds: () => number;
}

export interface FakeGrafana {
  /** With the sub path, without a slash at the end. */
  readonly url: string;
  readonly version: string;
  /** Starts a visit; the cookie makes a browser context take part in it. */
  visit(visit?: Partial<Visit>): { readonly visit: Visit; readonly cookie: string };
  close(): Promise<void>;
}

export const visitCookie = 'grafana_session';

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** A server with the routes of Grafana that a plugin's browser side meets: assets, boot data, proxy, signing keys. */
export async function startGrafana(options: GrafanaOptions): Promise<FakeGrafana> {
  const { subPath = '', worlds, signer } = options;
  const bundle = await bundleHost(options.version);
  const plugins = readPlugins(options.dist);
  const visits = new Map<string, Visit>();
  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => {
      if (!res.headersSent) sendJson(res, 500, { message: String(error) });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}${subPath}`;

  const sourcesOf = (visit: Visit): readonly ProxiedSource[] => {
    const world = worlds[visit.world];
    if (world === undefined) throw new Error(`there is no world ${visit.world}`);
    return provisionedSources.map(({ uid, type, jsonData = {} }) => {
      const routes = plugins.find(({ json }) => json.id === type)?.json.routes ?? [];
      const isPrometheus = type === 'prometheus';
      const secureJsonData: Record<string, string> = isPrometheus ? {} : { token: world.token };
      return {
        uid,
        type,
        routes,
        url: isPrometheus ? world.prometheusUrl : world.exporterUrl,
        jsonData,
        secureJsonData,
      };
    });
  };

  const proxy = async (req: IncomingMessage, res: ServerResponse, pathname: string, search: string, visit: Visit) => {
    const [, uid = '', proxyPath = ''] = /^\/api\/datasources\/proxy\/uid\/([\w-]+)\/?(.*)$/.exec(pathname) ?? [];
    const source = sourcesOf(visit).find((candidate) => candidate.uid === uid);
    if (source === undefined) {
      sendJson(res, 404, { message: 'Unable to find datasource' });
      return;
    }
    const idToken = visit.idToken ?? (await signer.sign(visit.user, options.nowUnixSeconds()));
    proxyToDataSource(req, res, { source, proxyPath, search, role: visit.user.role, idToken });
  };

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { pathname: full, search } = new URL(req.url ?? '/', 'http://localhost');
    if (!full.startsWith(`${subPath}/`)) {
      res.writeHead(404).end();
      return;
    }
    const pathname = full.slice(subPath.length);
    if (pathname === '/api/signing-keys/keys') {
      sendJson(res, 200, signer.jwks);
      return;
    }
    if (pathname === '/host.js') {
      sendFile(res, bundle.script);
      return;
    }
    if (pathname.startsWith('/public/')) {
      sendAsset(res, pathname, plugins, bundle.images);
      return;
    }
    const visit = visits.get(cookieOf(req));
    if (visit === undefined || visit.signedOut) {
      sendJson(res, 401, { message: 'Unauthorized', messageId: 'auth.unauthorized', statusCode: 401 });
      return;
    }
    if (pathname.startsWith('/api/datasources/proxy/')) await proxy(req, res, pathname, search, visit);
    else if (pathname.startsWith('/api/')) sendJson(res, 404, { message: 'Not found' });
    else
      res
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end(bootPage({ plugins, visit, subPath, url, version: bundle.grafana }));
  };

  return {
    url,
    version: bundle.grafana,
    visit(given = {}) {
      const visit: Visit = {
        user: { login: 'alice', role: 'Admin' },
        theme: 'dark',
        timeZone: 'utc',
        world: 'demo',
        signedOut: false,
        idToken: undefined,
        ...given,
      };
      const cookie = `v${String(visits.size + 1)}`;
      visits.set(cookie, visit);
      return { visit, cookie };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Grafana's fonts, from packages of the same families. */
const fonts: Readonly<Record<string, string>> = {
  'inter/Inter-Regular.woff2': 'inter/files/inter-latin-400-normal.woff2',
  'inter/Inter-Medium.woff2': 'inter/files/inter-latin-500-normal.woff2',
  'inter/Inter-Italic.woff2': 'inter/files/inter-latin-400-italic.woff2',
  'inter/Inter-MediumItalic.woff2': 'inter/files/inter-latin-500-italic.woff2',
};
const monospace = 'roboto-mono/files/roboto-mono-latin-400-normal.woff2';
const fontPackages = fileURLToPath(new URL('../../../node_modules/@fontsource', import.meta.url));

function cookieOf(req: IncomingMessage): string {
  return new RegExp(`(?:^|; )${visitCookie}=([^;]+)`).exec(req.headers.cookie ?? '')?.[1] ?? '';
}

function sendFile(res: ServerResponse, file: string): void {
  res.writeHead(200, {
    'content-type': contentTypes[path.extname(file)] ?? 'application/octet-stream',
    'cache-control': 'max-age=3600',
  });
  createReadStream(file).pipe(res);
}

/** `/public/plugins/<id>/…` and Grafana's own icons. A nested plugin has its own id and its own folder. */
function sendAsset(res: ServerResponse, pathname: string, plugins: readonly InstalledPlugin[], images: string): void {
  const [, id = '', inPlugin = ''] = /^\/public\/plugins\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
  const folder = plugins.find(({ json }) => json.id === id)?.folder;
  const font = /^\/public\/fonts\/(.+)$/.exec(pathname)?.[1];
  if (font !== undefined) {
    sendFile(res, path.join(fontPackages, fonts[font] ?? monospace));
    return;
  }
  const image = /^\/public\/(?:build\/)?img\/(.+)$/.exec(pathname)?.[1];
  const icon = image === undefined ? undefined : readIcon(images, image);
  const file = folder === undefined ? '' : path.join(folder, path.posix.normalize(`/${inPlugin}`));
  if (icon !== undefined)
    res.writeHead(200, { 'content-type': 'image/svg+xml', 'cache-control': 'max-age=3600' }).end(icon);
  else if (existsSync(file)) sendFile(res, file);
  else res.writeHead(404).end();
}
