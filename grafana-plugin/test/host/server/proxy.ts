import { type IncomingMessage, type ServerResponse, request as httpRequest } from 'node:http';
import { interpolate, joinPath, matchRoute, type OrgRole, type ProxyRoute, type TemplateData } from './routes.ts';

/** A data source as Grafana's server knows it. */
export interface ProxiedSource extends TemplateData {
  readonly uid: string;
  readonly type: string;
  readonly routes: readonly ProxyRoute[];
}

export interface ProxyCall {
  readonly source: ProxiedSource;
  /** Escaped path behind `/api/datasources/proxy/uid/<uid>/`, without query. */
  readonly proxyPath: string;
  /** With its `?`, or empty. */
  readonly search: string;
  readonly role: OrgRole;
  /** The signed `X-Grafana-Id`; undefined for a visitor without one. */
  readonly idToken: string | undefined;
}

const droppedFromRequest = [
  'cookie',
  'origin',
  'referer',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-ds-authorization',
  'x-grafana-user',
  'connection',
  'host',
];
const droppedFromResponse = ['alt-svc', 'close', 'server', 'set-cookie', 'strict-transport-security', 'connection'];

/**
 * Passes one call on to a data source, by Grafana's rules. Source: grafana 12.4 pkg/api/pluginproxy/ds_proxy.go
 * `HandleRequest` and `director`, ds_auth_provider.go `ApplyRoute`, pkg/util/proxyutil.
 */
export function proxyToDataSource(req: IncomingMessage, res: ServerResponse, call: ProxyCall): void {
  const method = req.method ?? 'GET';
  const match = matchRoute(call.source.routes, method, call.proxyPath, call.role);
  if (match.verdict === 'denied') {
    sendJson(res, 403, { message: 'plugin proxy route access denied' });
    return;
  }
  const route = match.verdict === 'matched' ? match.route : undefined;
  const target = targetUrl(call, route);
  const upstream = httpRequest(target, { method, headers: headersFor(req, call, route) }, (answer) => {
    passAnswer(answer, res);
  });
  upstream.once('error', () => {
    // Grafana says no more than the status either.
    if (!res.headersSent) res.writeHead(502).end();
  });
  res.once('close', () => upstream.destroy());
  req.pipe(upstream);
}

function targetUrl({ source, proxyPath, search }: ProxyCall, route: ProxyRoute | undefined): URL {
  const base = new URL(route?.url === undefined || route.url === '' ? source.url : interpolate(route.url, source));
  const ownPath = route === undefined ? proxyPath : withoutPrefix(proxyPath, route.url === undefined ? '' : route.path);
  const target = new URL(base);
  target.pathname = joinPath(base.pathname, ownPath);
  target.search = search;
  for (const { name, content } of route?.urlParams ?? [])
    target.searchParams.append(interpolate(name, source), interpolate(content, source));
  return target;
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

function headersFor(req: IncomingMessage, call: ProxyCall, route: ProxyRoute | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(req.headers))
    if (value !== undefined && !droppedFromRequest.includes(name)) headers[name] = String(value);
  const authorization = req.headers['x-ds-authorization'];
  if (authorization !== undefined) headers['authorization'] = String(authorization);
  headers['user-agent'] = 'Grafana/12.4.10';
  headers['x-grafana-referer'] = req.headers.referer ?? '';
  headers['x-forwarded-for'] = req.socket.remoteAddress ?? '';
  for (const { name, content } of route?.headers ?? []) headers[name.toLowerCase()] = interpolate(content, call.source);
  // A copy the browser sent is replaced; only for a visitor without a token it passes, and then it proves nothing.
  if (call.idToken !== undefined) headers['x-grafana-id'] = call.idToken;
  return headers;
}

function passAnswer(answer: IncomingMessage, res: ServerResponse): void {
  if (answer.statusCode === 401) {
    // The data source refused us: the browser must not take it for its own session.
    answer.resume();
    res.writeHead(400).end('Authentication to data source failed');
    return;
  }
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined && !droppedFromResponse.includes(name)) res.setHeader(name, value);
  res.setHeader('content-security-policy', 'sandbox');
  res.setHeader('via', '1.1 grafana');
  res.writeHead(answer.statusCode ?? 502);
  answer.pipe(res);
}

export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body));
}
