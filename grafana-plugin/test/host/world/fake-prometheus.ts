import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Machine } from './machine.ts';
import { nowUnixSeconds } from './night.ts';

export interface FakePrometheus {
  readonly url: string;
  close(): Promise<void>;
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  valueAt(at: number): number;
}

/** How long a series reaches back. */
const historySeconds = 30 * 24 * 3600;

/**
 * The part of Prometheus' HTTP API that the exporter and the screens ask, answered from a world: targets, alerts, and
 * `up` and `probe_success` of its machines for the first selector of an expression. It computes nothing else.
 */
export async function startFakePrometheus(machines: readonly Machine[]): Promise<FakePrometheus> {
  const series = machines.flatMap(seriesOf);
  const alerts = machines.flatMap(alertsOf);
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://localhost');
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      const parameters = new URLSearchParams([...url.searchParams, ...new URLSearchParams(body)]);
      const data = answer(url.pathname, parameters, series, alerts);
      if (data === undefined) send(res, 404, { status: 'error', errorType: 'not_found', error: 'not answered here' });
      else send(res, 200, { status: 'success', data });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function send(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function answer(
  pathname: string,
  parameters: URLSearchParams,
  series: readonly Series[],
  alerts: readonly object[],
): object | undefined {
  const query = parameters.get('query') ?? '';
  const start = Number(parameters.get('start') ?? 0);
  switch (pathname) {
    case '/api/v1/alerts':
      return { alerts };
    case '/api/v1/targets':
      return {
        activeTargets: series.map(({ labels }) => ({ labels, discoveredLabels: { __address__: labels['instance'] } })),
      };
    case '/api/v1/query':
      return { resultType: 'vector', result: select(query, series).map(instant) };
    case '/api/v1/query_range': {
      const end = Math.min(Number(parameters.get('end') ?? 0), nowUnixSeconds);
      const step = Math.max(1, Number(parameters.get('step') ?? 60));
      const from = Math.max(start, nowUnixSeconds - historySeconds);
      return { resultType: 'matrix', result: select(query, series).map((one) => range(one, from, end, step)) };
    }
    case '/api/v1/series':
      return series.map(({ labels }) => labels);
    default:
      return undefined;
  }
}

function seriesOf({ facts, outages }: Machine): readonly Series[] {
  if (facts.instance === undefined) return [];
  const job = facts.os?.family === 'linux' ? 'node' : 'windows';
  const valueAt = (at: number): number => (outages.some(({ from, to = Infinity }) => at >= from && at < to) ? 0 : 1);
  return [{ labels: { __name__: 'up', job, instance: facts.instance, organization: facts.organization }, valueAt }];
}

function alertsOf({ facts, alerts }: Machine): readonly object[] {
  return alerts.map(({ name, state, activeAt, labels }) => ({
    labels: { alertname: name, instance: facts.instance ?? '', organization: facts.organization, ...labels },
    annotations: {},
    state,
    activeAt: new Date(activeAt * 1000).toISOString(),
    value: '1',
  }));
}

type Test = (labels: Readonly<Record<string, string>>) => boolean;

/** The first selector of an expression: a name and matchers, whatever functions stand around it. */
function select(query: string, series: readonly Series[]): readonly Series[] {
  const [, name, inside = ''] =
    /(?:\b(up|probe_success)\s*)?\{([^}]*)\}/.exec(query) ?? /\b(up|probe_success)\b/.exec(query) ?? [];
  const tests: Test[] = [...inside.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)].map(toTest);
  if (name !== undefined) tests.push((labels) => labels['__name__'] === name);
  if (tests.length === 0) return [];
  return series.filter(({ labels }) => tests.every((test) => test(labels)));
}

function toTest([, label = '', operator, raw = '']: RegExpExecArray): Test {
  const text = JSON.parse(`"${raw}"`) as string;
  const pattern = operator === '=~' || operator === '!~' ? new RegExp(`^(?:${text})$`) : undefined;
  const wanted = operator === '=' || operator === '=~';
  return (labels) => (pattern?.test(labels[label] ?? '') ?? labels[label] === text) === wanted;
}

function instant({ labels, valueAt }: Series): object {
  return { metric: labels, value: [nowUnixSeconds, String(valueAt(nowUnixSeconds))] };
}

function range({ labels, valueAt }: Series, start: number, end: number, step: number): object {
  const values: [number, string][] = [];
  for (let at = start; at <= end; at += step) values.push([at, String(valueAt(at))]);
  return { metric: labels, values };
}
