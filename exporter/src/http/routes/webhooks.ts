import type { Request } from 'express';
import { z } from 'zod';
import type { WebhookGuard } from '../auth/webhook.ts';
import { maxBodyBytes } from '../core/mount.ts';
import { ApiError } from '../core/problem.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import type { Webhooks } from '../deps.ts';
import { SourceParams, WebhookReport } from '../schema/overview.ts';
import type { HttpSettings } from '../settings.ts';

export const webhooksSpec = {
  method: 'post',
  path: '/webhooks/{source}',
  operationId: 'postWebhook',
  tag: 'events',
  summary: 'Delivery of a source',
  description: 'Proves itself by the shared header or HMAC configured for the source, not by a token.',
  role: 'webhook',
  params: SourceParams,
  body: z.unknown(),
  responses: { 202: { description: 'Stored.', schema: WebhookReport } },
  problems: ['too_large', 'unprocessable', 'unavailable'],
  audit: 'webhook.receive',
} as const satisfies RouteSpec;

export function webhooksRoute(settings: () => HttpSettings, guard: WebhookGuard, webhooks: Webhooks): Route {
  return route(webhooksSpec, async ({ params, req }) => {
    const all = settings().api.webhooks;
    const config = Object.hasOwn(all, params.source) ? all[params.source] : undefined;
    const bytes = await readBytes(req);
    // A source without a webhook and a wrong secret look alike: neither tells what is configured.
    if (config === undefined || !guard.isGenuine(params.source, config, req.headers, bytes))
      throw new ApiError('unauthenticated', 'This delivery does not prove where it comes from.');
    const { accepted, duplicates } = await webhooks.receive(params.source, parse(bytes));
    return {
      status: 202,
      body: { accepted, duplicates },
      audit: { target: params.source, detail: `${String(accepted)} accepted, ${String(duplicates)} duplicate` },
    };
  });
}

/** The signature is over the bytes, so they are read as they come. */
async function readBytes(req: Request): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes)
      throw new ApiError('too_large', 'A body may have 5 MB.', { headers: { Connection: 'close' } });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new ApiError('invalid_request', 'The body is not JSON.', { cause: error });
  }
}
