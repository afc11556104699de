import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

const ids = new WeakMap<Response, string>();

/** Takes over a caller's id when it is harmless, otherwise makes one; it stands in logs, problems and the answer. */
export const assignRequestId: RequestHandler = (req, res, next) => {
  const given = req.headers['x-request-id'];
  const id = typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID();
  ids.set(res, id);
  res.setHeader('X-Request-Id', id);
  next();
};

export function requestId(res: Response): string {
  return ids.get(res) ?? '';
}
