import type { NextFunction, Request, Response } from 'express';
import { ApiError } from './api-error.ts';
import type { Fault, FaultKind, Faults } from './faults.ts';
import { REQUEST_FAULTS } from './faults.ts';
import { spoil } from './spoil.ts';

const SPOILING = [
  'null-names',
  'null-lists',
  'unknown-enums',
  'milliseconds',
  'clock-skew',
  'bare-cursor',
  'null-body',
] as const satisfies readonly FaultKind[];

const HTML_PAGE = '<!doctype html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>';

/** Middleware that lets armed faults answer, or spoil the answer of what comes after it. */
export function answerWithFaults(faults: Faults, targetOf: (request: Request) => string) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const target = targetOf(request);
    for (const kind of REQUEST_FAULTS) {
      const fault = faults.take(kind, target);
      if (fault === undefined) continue;
      answer(fault, response);
      return;
    }
    spoilAnswer(faults, target, response);
    next();
  };
}

/** Throws for refusals, so that they look like any other; `hang` leaves the caller waiting. */
function answer({ kind, status, seconds }: Fault, response: Response): void {
  if (kind === 'unauthorized') throw new ApiError(401, 'no valid access token');
  if (kind === 'forbidden') throw new ApiError(403, 'not allowed');
  if (kind === 'rate-limited')
    throw new ApiError(429, 'too many requests', { 'Retry-After': String(Math.ceil(seconds)) });
  if (kind === 'server-error') throw new ApiError(status, 'simulated failure');
  if (kind === 'html') response.type('html').send(HTML_PAGE);
}

function spoilAnswer(faults: Faults, target: string, response: Response): void {
  const json = response.json.bind(response);
  response.json = (body: unknown) => {
    if (response.statusCode !== 200) return json(body);
    const spoiled = SPOILING.reduce((current, kind) => {
      const fault = faults.take(kind, target);
      return fault === undefined ? current : spoil(current, kind, fault.seconds);
    }, body);
    if (faults.take('truncated-json', target)) return response.type('json').send(firstHalf(spoiled));
    if (faults.take('connection-cut', target)) return cut(response, firstHalf(spoiled));
    return json(spoiled);
  };
}

function firstHalf(body: unknown): string {
  const text = JSON.stringify(body);
  return text.slice(0, text.length / 2);
}

/** Announces twice what it sends, then drops the connection. */
function cut(response: Response, half: string): Response {
  response.type('json').set('Content-Length', String(Buffer.byteLength(half) * 2));
  response.write(half, () => response.socket?.destroy());
  return response;
}
