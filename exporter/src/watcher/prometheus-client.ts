import { fetch, type Dispatcher } from 'undici';
import { z } from 'zod';
import type { PrometheusErrorKind } from '../domain/prometheus-trouble.ts';
import type { UnixSeconds } from '../domain/time.ts';

/** Prometheus could not answer, or not in a form we trust. Nothing is concluded from a failed question. */
export class PrometheusError extends Error {
  readonly kind: PrometheusErrorKind;

  constructor(kind: PrometheusError['kind'], message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'PrometheusError';
    this.kind = kind;
  }
}

const Labels = z.record(z.string(), z.string());

const Alert = z.object({
  labels: Labels,
  state: z.enum(['pending', 'firing', 'inactive']),
  activeAt: z.iso.datetime({ offset: true }),
});
const Warnings = z.array(z.string()).nullish();
const AlertsAnswer = z.object({
  status: z.literal('success'),
  warnings: Warnings,
  data: z.object({ alerts: z.array(Alert) }),
});

const Sample = z.tuple([z.number(), z.string()]);
const VectorAnswer = z.object({
  status: z.literal('success'),
  warnings: Warnings,
  data: z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric: Labels, value: Sample })) }),
});
const TargetsAnswer = z.object({
  status: z.literal('success'),
  data: z.object({ activeTargets: z.array(z.object({ labels: Labels, discoveredLabels: Labels })) }),
});

export interface PrometheusAlert {
  /** Value of this server's organization label; undefined when it carries none. */
  readonly organization?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing' | 'inactive';
  readonly activeAt: UnixSeconds;
}

export interface VectorSample {
  readonly organization?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly at: UnixSeconds;
  readonly value: number;
}

export interface PrometheusTarget {
  readonly organization?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly discoveredLabels: Readonly<Record<string, string>>;
}

export interface PrometheusOptions {
  readonly name: string;
  readonly url: string;
  readonly timeoutMs: number;
  /** Label that carries the organization on this server's series; null = it serves one organization only. */
  readonly organizationLabel: string | null;
  /** Sent with each request, e.g. Authorization. */
  readonly headers: Readonly<Record<string, string>>;
  /** Connection with its own TLS settings, where the server needs one. */
  readonly dispatcher?: Dispatcher;
}

/** The four questions we ask a Prometheus (or anything that speaks its HTTP API). Throws PrometheusError. */
export interface PrometheusClient {
  readonly name: string;
  readonly organizationLabel: string | null;
  alerts(): Promise<readonly PrometheusAlert[]>;
  /** `at`: the moment of evaluation; absent: now. */
  query(expression: string, at?: UnixSeconds): Promise<readonly VectorSample[]>;
  targets(): Promise<readonly PrometheusTarget[]>;
}

/** Remarks on how an expression is written; every other warning is about data that could not be read. */
const aboutExpression = /^PromQL (info|warning): /;

export function createPrometheusClient(options: PrometheusOptions): PrometheusClient {
  const ask = async <T>(path: string, schema: z.ZodType<T>, body?: URLSearchParams): Promise<T> => {
    const answer = await request(options, path, body);
    const parsed = schema.safeParse(answer);
    if (!parsed.success) {
      throw new PrometheusError('malformed', `${path}: ${z.prettifyError(parsed.error)}`);
    }
    return parsed.data;
  };
  const owned = (labels: Readonly<Record<string, string>>): { organization?: string } => {
    const organization = options.organizationLabel === null ? '' : (labels[options.organizationLabel] ?? '');
    return organization === '' ? {} : { organization };
  };
  return {
    name: options.name,
    organizationLabel: options.organizationLabel,
    async alerts() {
      const answer = await ask('/api/v1/alerts', AlertsAnswer);
      refusePart(answer.warnings);
      return answer.data.alerts.map((alert) => ({
        ...alert,
        ...owned(alert.labels),
        activeAt: Date.parse(alert.activeAt) / 1000,
      }));
    },
    async query(expression, moment) {
      const form = new URLSearchParams({
        query: expression,
        ...(moment === undefined ? {} : { time: String(moment) }),
      });
      const answer = await ask('/api/v1/query', VectorAnswer, form);
      refusePart(answer.warnings);
      return answer.data.result.map(({ metric, value: [at, value] }) => ({
        labels: metric,
        ...owned(metric),
        at,
        value: Number(value),
      }));
    },
    async targets() {
      const answer = await ask('/api/v1/targets?state=active', TargetsAnswer);
      return answer.data.activeTargets.map((target) => ({ ...target, ...owned(target.labels) }));
    },
  };
}

/**
 * A part that is missing would make two hosts look like one, a service look as if it had never run, or an outage as if it
 * had not been paged.
 */
function refusePart(warnings: readonly string[] | null | undefined): void {
  const partial = warnings?.find((warning) => !aboutExpression.test(warning));
  if (partial !== undefined) throw new PrometheusError('partial', `answered in part only: ${partial}`);
}

async function request(options: PrometheusOptions, path: string, body: URLSearchParams | undefined): Promise<unknown> {
  const url = `${options.url.replace(/\/$/, '')}${path}`;
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { accept: 'application/json', ...options.headers },
      signal: AbortSignal.timeout(options.timeoutMs),
      redirect: 'error',
      ...(body === undefined ? {} : { body }),
      ...(options.dispatcher === undefined ? {} : { dispatcher: options.dispatcher }),
    });
    if (!response.ok) {
      await response.body?.cancel();
      const kind = response.status < 500 ? 'refused' : 'unavailable';
      throw new PrometheusError(kind, `${path}: HTTP ${String(response.status)}`);
    }
    return await response.json();
  } catch (error) {
    throw toPrometheusError(path, error);
  }
}

function toPrometheusError(path: string, error: unknown): PrometheusError {
  if (error instanceof PrometheusError) return error;
  if (error instanceof SyntaxError) return new PrometheusError('malformed', `${path}: not JSON`, { cause: error });
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError') return new PrometheusError('timeout', `${path}: no answer in time`, { cause: error });
  return new PrometheusError('unavailable', `${path}: not reachable`, { cause: error });
}
