import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished, pipeline } from 'node:stream/promises';
import { catalogue } from '../catalogue.ts';
import type { Exposition } from '../exposition/exposition.ts';
import type { ScrapeBody } from '../exposition/scrape-body.ts';
import type { Selection } from '../exposition/snapshot.ts';
import type { SelfMetrics } from '../self-metrics.ts';
import { acceptsGzip, chooseFormat } from './negotiate.ts';
import { readQuery, type ScrapeQuery } from './read-query.ts';

export interface MetricsHandlerOptions {
  /** Organizations the caller may see; undefined = all, empty = none. Default: all. */
  readonly scope?: (request: IncomingMessage) => ReadonlySet<string> | undefined;
  /** After this a reader that is too slow is cut off, because it holds a whole snapshot. Default 60 s. */
  readonly writeTimeoutMs?: number;
}

const knownFamilies: ReadonlySet<string> = new Set(catalogue.map((family) => family.name));

/** Answers scrapes; for node:http and express alike. Never rejects: a client that goes away is not an error. */
export function metricsHandler(exposition: Exposition, self: SelfMetrics, options: MetricsHandlerOptions = {}) {
  const { scope, writeTimeoutMs = 60_000 } = options;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(response, 405, 'only GET and HEAD are answered here', { Allow: 'GET, HEAD' });
      return;
    }
    try {
      const asked = readQuery(queryOf(request), knownFamilies);
      if ('problem' in asked) {
        refuse(response, 400, asked.problem);
        return;
      }
      const selection = restrict(asked.query, scope?.(request));
      const body = await scrape(exposition, self, { ...selection, format: chooseFormat(request.headers.accept) });
      if (body === undefined) refuse(response, 503, 'the fleet has not been loaded yet');
      else await send(request, response, body, AbortSignal.timeout(writeTimeoutMs));
    } catch (error) {
      if (response.headersSent || response.destroyed) response.destroy();
      else refuse(response, 500, error instanceof Error ? error.message : 'scrape failed');
    }
  };
}

/** Not by URL, which throws for targets such as `//`. */
function queryOf(request: IncomingMessage): URLSearchParams {
  const [, query = ''] = (request.url ?? '').split('?', 2);
  return new URLSearchParams(query);
}

/** The caller's rights narrow what is asked for; they never widen it. */
function restrict(query: ScrapeQuery, allowed: ReadonlySet<string> | undefined): ScrapeQuery {
  if (allowed === undefined) return query;
  const asked = query.organizations;
  const organizations = asked === undefined ? allowed : new Set([...asked].filter((name) => allowed.has(name)));
  return { ...query, organizations };
}

async function scrape(exposition: Exposition, self: SelfMetrics, selection: Selection) {
  // The exporter's own series stand on the first shard only: on each of them they would be summed by dashboards.
  const append = (selection.shard?.index ?? 0) === 0 ? await self.render(selection) : '';
  return exposition.scrape({ ...selection, append });
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  body: ScrapeBody,
  signal: AbortSignal,
): Promise<void> {
  const gzip = acceptsGzip(request.headers['accept-encoding']?.toString());
  response.writeHead(200, {
    'Content-Type': body.contentType,
    'Content-Length': gzip ? body.gzipBytes : body.textBytes,
    Vary: 'Accept, Accept-Encoding',
    'Cache-Control': 'no-store',
    ...(gzip && { 'Content-Encoding': 'gzip' }),
  });
  if (request.method === 'HEAD') response.end();
  else if (gzip) await sendPieces(response, body.gzip(), signal);
  else await pipeline(body.text(), response, { signal });
}

/** All at once: the pieces are in memory anyway, and waiting for the socket between them would only take time. */
async function sendPieces(response: ServerResponse, pieces: readonly Buffer[], signal: AbortSignal): Promise<void> {
  response.cork();
  for (const piece of pieces) response.write(piece);
  response.end();
  await finished(response, { signal });
}

function refuse(response: ServerResponse, status: number, problem: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers });
  response.end(`${problem}\n`);
}
