import { type FetchError, isFetchError } from '@grafana/runtime';
import type { Problem } from './types';

/** Why a request failed, as far as callers act on it. */
export type ExporterErrorKind =
  /** The caller, or Grafana on its behalf, has given up waiting. */
  | 'aborted'
  /** Neither Grafana nor the exporter answered, or Grafana could not reach the exporter. */
  | 'unreachable'
  | 'timeout'
  /** Something answered, but not a Patchhaven exporter. */
  | 'not_exporter'
  /** The settings of the data source in Grafana do not work. */
  | 'settings'
  | 'token'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'invalid'
  | 'invalid_cursor'
  | 'rate_limited'
  | 'unavailable'
  /** An internal error of the exporter. */
  | 'fault';

/**
 * Why the exporter did not do what was asked, as a sentence for people.
 * `status` is the HTTP status, 0 when no answer came; `fields` names what was wrong with a request (JSON pointers).
 */
export class ExporterError extends Error {
  readonly status: number;
  readonly kind: ExporterErrorKind;
  readonly fields: ReadonlyArray<{ pointer: string; detail: string }>;
  /** Stands in the log of the exporter, too. */
  readonly requestId: string | undefined;

  constructor(
    status: number,
    message: string,
    options: { kind?: ExporterErrorKind; fields?: Problem['errors']; requestId?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ExporterError';
    this.status = status;
    this.kind = options.kind ?? kindOf(status);
    this.fields = options.fields ?? [];
    this.requestId = options.requestId;
  }
}

const kinds: Partial<Record<number, ExporterErrorKind>> = {
  0: 'unreachable',
  400: 'invalid',
  401: 'token',
  403: 'forbidden',
  404: 'not_found',
  408: 'timeout',
  409: 'conflict',
  422: 'invalid',
  429: 'rate_limited',
  502: 'unreachable',
  503: 'unavailable',
  504: 'timeout',
};

function kindOf(status: number): ExporterErrorKind {
  return kinds[status] ?? (status >= 500 ? 'fault' : 'invalid');
}

const sentences: Record<ExporterErrorKind, string> = {
  aborted: 'The request was given up before the exporter answered.',
  unreachable: 'Grafana cannot reach the exporter. Check that it runs and that the URL of the data source is right.',
  timeout: 'The exporter took too long to answer. Ask for a shorter time range or fewer devices.',
  not_exporter: 'What answers is not a Patchhaven exporter. Check the URL of the data source.',
  settings: 'The settings of this data source do not work. An administrator can check them.',
  token:
    'The exporter refused the token of this data source: it is wrong, revoked or expired. An administrator can set a new one.',
  forbidden: 'You may not do this: your Grafana role or the token of the data source does not allow it.',
  not_found: 'The exporter does not know this. It may have gone, or the exporter may be older than this plugin.',
  conflict: 'This has changed in the meantime. Reload and look again.',
  invalid: 'The exporter cannot make sense of this request.',
  invalid_cursor: 'The exporter was restarted while a list was read. Reload to read it from the start.',
  rate_limited:
    'The exporter has been asked too often and waits a moment. Refresh less often, or raise its rate limit.',
  unavailable: 'The exporter cannot answer now: its store or a service it needs is unavailable.',
  fault: 'The exporter failed on this request. Its log has the reason.',
};

/**
 * What Grafana's proxy itself answers: it has no codes, only these words.
 * Source: grafana pkg/services/datasourceproxy/datasourceproxy.go and pkg/api/pluginproxy/ds_proxy.go, 12.4.
 */
const proxyAnswers: Record<string, { kind: ExporterErrorKind; text?: string }> = {
  'Authentication to data source failed': { kind: 'token' },
  'plugin proxy route access denied': {
    kind: 'forbidden',
    text: 'Your role in Grafana does not allow this. Ask an administrator of Grafana for a higher one.',
  },
  'Access denied to datasource': {
    kind: 'forbidden',
    text: 'Your role in Grafana does not allow you this data source.',
  },
  'Unable to find datasource': {
    kind: 'settings',
    text: 'Grafana does not know this data source any more. Choose another one.',
  },
  'Unable to find datasource plugin': {
    kind: 'settings',
    text: 'Grafana has not loaded the Patchhaven plugin. Its log says why; an unsigned plugin has to be allowed.',
  },
  'Data proxy hostname and ip are not included in whitelist': {
    kind: 'settings',
    text: 'Grafana may not reach this host: add it to data_source_proxy_whitelist.',
  },
  'Unable to load TLS certificate': {
    kind: 'settings',
    text: 'Grafana cannot read the TLS settings of this data source.',
  },
};

/** Turns whatever a failed request throws into an ExporterError; the exporter's own words win over ours. */
export function toExporterError(error: unknown): ExporterError {
  if (error instanceof ExporterError) {
    return error;
  }
  if (!isFetchError<unknown>(error)) {
    return new ExporterError(0, sentences.unreachable, { cause: error });
  }
  if (error.cancelled) {
    return aborted(error);
  }
  const { status, data } = error;
  if (isProblem(data)) {
    return new ExporterError(status, data.detail === '' ? data.title : data.detail, {
      kind: data.type.endsWith(':invalid_cursor') ? 'invalid_cursor' : kindOf(status),
      fields: data.errors,
      requestId: data.requestId,
      cause: error,
    });
  }
  return fromProxy(error);
}

/** No problem document: the answer is of Grafana, of another program, or there is none. */
function fromProxy(error: FetchError<unknown>): ExporterError {
  const { status } = error;
  const message = messageOf(error.data);
  const known = proxyAnswers[message];
  if (known !== undefined) {
    return new ExporterError(status, known.text ?? sentences[known.kind], { kind: known.kind, cause: error });
  }
  if (message.startsWith('Invalid data source URL')) {
    return new ExporterError(status, 'The URL of this data source is not valid. It looks like http://exporter:9725.', {
      kind: 'settings',
      cause: error,
    });
  }
  // The exporter answers every refusal with a problem document, so this one is of something else on the way.
  const isForeign = status === 404 || status === 405 || message.trimStart().startsWith('<');
  const kind = isForeign && status < 500 ? 'not_exporter' : kindOf(status);
  return new ExporterError(status, sentences[kind], { kind, cause: error });
}

function messageOf(data: unknown): string {
  if (typeof data === 'string') {
    return data;
  }
  const message = typeof data === 'object' && data !== null && 'message' in data ? data.message : undefined;
  return typeof message === 'string' ? message : '';
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'type' in body &&
    typeof body.type === 'string' &&
    body.type.startsWith('urn:patchhaven:problem:')
  );
}

export function aborted(cause?: unknown): ExporterError {
  return new ExporterError(0, sentences.aborted, { kind: 'aborted', cause });
}

export function notAnExporter(cause?: unknown): ExporterError {
  return new ExporterError(200, sentences.not_exporter, { kind: 'not_exporter', cause });
}
