import type { Router } from 'express';
import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import type { SimulatorContext } from '../context.ts';
import { parse } from '../params.ts';
import { WebhookConfiguration } from '../webhook.ts';

/** One webhook per API client: PUT replaces it. Only an administrator's client may. */
export function addWebhookRoutes(router: Router, { webhook }: SimulatorContext): void {
  router.put('/webhook', (request, response) => {
    parse(z.strictObject({}), request.query, 'query parameter');
    if (response.locals['administrator'] !== true)
      throw new ApiError(403, 'only system administrators can configure webhooks');
    webhook.configure(parse(WebhookConfiguration, request.body, 'body'));
    response.status(204).end();
  });
  router.delete('/webhook', (request, response) => {
    parse(z.strictObject({}), request.query, 'query parameter');
    if (response.locals['administrator'] !== true)
      throw new ApiError(403, 'only system administrators can configure webhooks');
    webhook.configure(undefined);
    response.status(204).end();
  });
}
