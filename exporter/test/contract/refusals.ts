import type { ConnectorErrorKind } from '../../src/domain/errors.ts';
import { hang } from './vendor-world.ts';

/** Ways in which a vendor refuses to answer, and the kind of error that each of them is. */
export const refusals: readonly (readonly [string, () => unknown, ConnectorErrorKind])[] = [
  ['401', () => new Response('{}', { status: 401 }), 'auth'],
  ['403', () => new Response('{}', { status: 403 }), 'forbidden'],
  ['429 with a long Retry-After', () => refusal(429, '86400'), 'rate_limited'],
  ['429 without an end', () => refusal(429, '1'), 'rate_limited'],
  ['503', () => new Response('', { status: 503 }), 'unavailable'],
  ['no answer', () => hang, 'timeout'],
  [
    'HTML with 200',
    () => new Response('<html>login</html>', { headers: { 'content-type': 'text/html' } }),
    'malformed',
  ],
  ['JSON that is cut off', () => '[{"id":1,', 'malformed'],
  ['another shape', () => ({ error: 'later' }), 'malformed'],
];

export function refusal(status: number, retryAfter: string): Response {
  return new Response('{}', { status, headers: { 'retry-after': retryAfter } });
}
