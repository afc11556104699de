import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { ConnectorError, StoreError } from '../../domain/errors.ts';
import { requestId } from './request-id.ts';
import { ApiError, problemTypes } from './problem.ts';

/** Every failure ends here as problem+json. What nobody foresaw is logged in full and answered without detail. */
export function errorHandler(log: Logger): ErrorRequestHandler {
  // Express tells error handlers by their four arguments.
  return (error: unknown, req, res, _next) => {
    const problem = toApiError(error);
    if (problem.status >= 500) log.error({ err: error, requestId: requestId(res), path: req.path }, 'request failed');
    if (res.headersSent) {
      res.destroy();
      return;
    }
    sendProblem(res, req.path, problem);
  };
}

export function sendProblem(res: Response, path: string, problem: ApiError): void {
  const { type, errors, headers, message } = problem;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  res.setHeader('Cache-Control', 'no-store');
  res.status(problem.status).end(
    JSON.stringify({
      type: `urn:patchhaven:problem:${type}`,
      title: problemTypes[type].title,
      status: problem.status,
      detail: message,
      instance: path,
      requestId: requestId(res),
      ...(errors.length > 0 && { errors }),
    }),
  );
}

export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof StoreError && error.kind === 'conflict')
    return new ApiError('conflict', 'The stored state has changed meanwhile; read it again.', { cause: error });
  if (error instanceof StoreError)
    return new ApiError('unavailable', 'The store does not take writes now; nothing of this request was stored.', {
      headers: { 'Retry-After': '5' },
      cause: error,
    });
  if (error instanceof ConnectorError && error.kind === 'malformed')
    return new ApiError('unprocessable', 'The source cannot read this body.', { cause: error });
  return bodyError(error) ?? new ApiError('internal', 'This is a fault of Patchhaven; its log has the request id.');
}

/** Errors of Express and its body parser carry a status and a closed `type`. */
function bodyError(error: unknown): ApiError | undefined {
  const { type, status } = (typeof error === 'object' && error !== null ? error : {}) as {
    type?: unknown;
    status?: unknown;
  };
  if (type === 'entity.too.large') return new ApiError('too_large', 'A body may have 5 MB.');
  if (type === 'entity.parse.failed') return new ApiError('invalid_request', 'The body is not JSON.');
  if (type === 'encoding.unsupported' || type === 'charset.unsupported')
    return new ApiError('unsupported_media_type', 'Send UTF-8 JSON, plain or gzip.');
  return typeof status === 'number' && status >= 400 && status < 500
    ? new ApiError('invalid_request', 'The request cannot be read.')
    : undefined;
}
