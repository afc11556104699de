import { parse } from 'yaml';
import { ConnectorError } from '../../domain/errors.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import { createHttpClient, defaultHttpOptions, type HttpDeps } from '../http-client.ts';
import { LooseList } from '../loose-list.ts';
import type { Counter } from '../tally.ts';
import { ConfigAnswer, Sample, ServerConfig, VectorAnswer } from './api-schema.ts';
import type { PrometheusOptions } from './config.ts';

export interface Read {
  readonly signal: AbortSignal;
  readonly dropped: Counter;
}

export interface Question {
  readonly expression: string;
  /** By the server's clock; undefined = its now. All questions of one read ask about the same moment. */
  readonly at: UnixSeconds | undefined;
  /** Under what an element that cannot be read is counted. */
  readonly reason: string;
}

/** The two endpoints we read, both by GET. Throws ConnectorError; an answer in part is a failed one. */
export interface PrometheusApi {
  query(question: Question, read: Read): Promise<readonly Sample[]>;
  /** Undefined: this server does not tell its configuration, as Mimir and Thanos do not. */
  externalLabel(name: string, read: Read): Promise<string | undefined>;
}

export function createPrometheusApi(options: PrometheusOptions, deps: HttpDeps): PrometheusApi {
  const { timeoutSeconds, concurrency, requestsPerSecond, burst } = options.http;
  const http = createHttpClient(
    {
      ...defaultHttpOptions,
      baseUrl: options.baseUrl,
      timeoutMs: timeoutSeconds * 1000,
      concurrency,
      ratePerSecond: requestsPerSecond,
      burst,
    },
    deps,
  );
  const headers = authorization(options);

  return {
    async query({ expression, at, reason }, { signal, dropped }) {
      const path = 'api/v1/query';
      const answer = await http.get(path, { signal, headers, query: { query: expression, time: at } });
      const parsed = VectorAnswer.safeParse(answer);
      if (!parsed.success) throw new ConnectorError('malformed', 'the answer is not an instant vector', { path });
      if ((parsed.data.warnings ?? []).length > 0)
        throw new ConnectorError('unavailable', 'the server answered in part only', { path });
      const list = new LooseList(Sample, dropped, reason);
      const samples = list.parse(parsed.data.data.result);
      list.finish();
      return samples;
    },
    async externalLabel(name, { signal }) {
      const path = 'api/v1/status/config';
      const answer = await http.get(path, { signal, headers }).catch((error: unknown) => {
        if (error instanceof ConnectorError && error.status === 404) return undefined;
        throw error;
      });
      if (answer === undefined) return undefined;
      const parsed = ConfigAnswer.safeParse(answer);
      if (!parsed.success) throw new ConnectorError('malformed', 'the answer is not a configuration', { path });
      const value = readConfig(parsed.data.data.yaml, path).global?.external_labels?.[name];
      return typeof value === 'string' && value !== '' ? value : undefined;
    },
  };
}

function readConfig(yaml: string, path: string) {
  try {
    return ServerConfig.parse(parse(yaml));
  } catch {
    // The parser's message quotes the configuration.
    throw new ConnectorError('malformed', 'the configuration of the server cannot be read', { path });
  }
}

function authorization({ bearerToken, username, password }: PrometheusOptions): Record<string, string> {
  if (bearerToken !== undefined) return { authorization: `Bearer ${bearerToken.reveal()}` };
  if (username === undefined || password === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}` };
}
