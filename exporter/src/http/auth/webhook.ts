import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../domain/time.ts';
import type { WebhookSettings } from '../settings.ts';

/** Proves deliveries of webhooks. Every refusal looks the same to the sender. */
export interface WebhookGuard {
  /** `body` is the bytes as they came. */
  isGenuine(source: string, config: WebhookSettings, headers: IncomingHttpHeaders, body: Uint8Array): boolean;
}

/** Remembers signatures for twice their window, so that no delivery counts a second time within it. */
export function createWebhookGuard(clock: Clock): WebhookGuard {
  const seen = new Map<string, number>();
  const isRepeat = (key: string, keepSeconds: number): boolean => {
    const now = clock.now();
    for (const [old, until] of seen) if (until <= now) seen.delete(old);
    if (seen.has(key)) return true;
    seen.set(key, now + keepSeconds);
    return false;
  };
  return {
    isGenuine(source, config, headers, body) {
      const given = headers[config.header];
      if (typeof given !== 'string') return false;
      if (config.kind === 'header') return equal(given, config.secret.reveal());

      const sentAt = headers[config.timestampHeader];
      if (typeof sentAt !== 'string' || !/^\d{1,12}$/.test(sentAt)) return false;
      if (Math.abs(clock.now() - Number(sentAt)) > config.replayWindowSeconds) return false;
      const expected = signWebhook(config.secret.reveal(), sentAt, body);
      const signature = given.startsWith('sha256=') ? given.slice('sha256='.length) : given;
      if (!equal(signature.toLowerCase(), expected)) return false;
      return !isRepeat(`${source} ${expected}`, 2 * config.replayWindowSeconds);
    },
  };
}

/** HMAC-SHA256 over `<timestamp>.<body>`, hex. */
export function signWebhook(secret: string, timestamp: string, body: Uint8Array): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

/** Compared as hashes: constant time whatever the lengths. */
function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
