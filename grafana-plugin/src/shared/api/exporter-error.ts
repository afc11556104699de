import { isFetchError } from '@grafana/runtime';
import type { Problem } from './types';

/**
 * Why the exporter did not do what was asked, as a sentence for people.
 * `status` is the HTTP status, 0 when no answer came; `fields` names what was wrong with a request (JSON pointers).
 */
export class ExporterError extends Error {
  readonly status: number;
  readonly fields: ReadonlyArray<{ pointer: string; detail: string }>;

  constructor(status: number, message: string, options: { fields?: Problem['errors']; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'ExporterError';
    this.status = status;
    this.fields = options.fields ?? [];
  }
}

const sentences: Record<number, string> = {
  0: 'The exporter did not answer. Check that it runs and that Grafana can reach its URL.',
  401: 'The exporter refused the token of this data source. An administrator can set a new one.',
  403: 'You may not do this: your Grafana role or the token of the data source does not allow it.',
  404: 'The exporter does not know this. It may have gone, or the exporter may be older than this plugin.',
  409: 'This has changed in the meantime. Reload and look again.',
  429: 'The exporter has answered too many requests in this minute. It will answer again shortly.',
  502: 'Grafana could not reach the exporter. Check that it runs and that the URL of the data source is right.',
  503: 'The exporter cannot answer now: its store or a service it needs is unavailable.',
  504: 'The exporter took too long to answer. Ask for a shorter time range or fewer devices.',
};

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'title' in body && 'status' in body;
}

/** Turns whatever a failed request throws into an ExporterError; the exporter's own words win over ours. */
export function toExporterError(error: unknown): ExporterError {
  if (error instanceof ExporterError) {
    return error;
  }
  if (!isFetchError<unknown>(error)) {
    return new ExporterError(0, sentences[0] ?? '', { cause: error });
  }
  const { status, data } = error;
  if (isProblem(data)) {
    return new ExporterError(status, data.detail ?? data.title, { fields: data.errors, cause: error });
  }
  // Grafana's proxy turns a 401 of the exporter into this 400.
  const known = status === 400 ? sentences[401] : sentences[status];
  return new ExporterError(status, known ?? `The exporter answered with status ${status}.`, { cause: error });
}
