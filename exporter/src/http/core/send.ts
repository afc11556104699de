import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';

/**
 * Sends JSON with an ETag made from the body alone: a tag from the log position would tell one organization when
 * another one is busy.
 */
export function sendJson(req: Request, res: Response, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  if (req.method !== 'GET' || status !== 200) {
    res.status(status).end(text);
    return;
  }
  const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
  res.setHeader('ETag', tag);
  res.setHeader('Cache-Control', 'private, no-cache');
  res.setHeader('Vary', 'Authorization, X-Grafana-Id');
  if (matches(req.headers['if-none-match'], tag)) res.status(304).end();
  else res.status(status).end(text);
}

/** If-None-Match is a list, and compares weakly (RFC 9110, 13.1.2). */
function matches(header: string | undefined, tag: string): boolean {
  return header?.split(',').some((given) => given.trim() === '*' || given.trim().replace(/^W\//, '') === tag) ?? false;
}
