import express, { type Express, type RequestHandler } from 'express';
import { apiRoutes } from './api-routes.ts';
import { createAuthenticate } from './auth/authenticate.ts';
import { createBasicAuth } from './auth/basic.ts';
import { createGrafanaUsers } from './auth/grafana.ts';
import { createRateLimiter } from './auth/rate-limit.ts';
import { createTokenVerifier } from './auth/token.ts';
import { createWebhookGuard } from './auth/webhook.ts';
import { createCursors } from './core/cursor.ts';
import { errorHandler } from './core/error-handler.ts';
import { mountRoutes } from './core/mount.ts';
import { ApiError } from './core/problem.ts';
import { assignRequestId } from './core/request-id.ts';
import { sendJson } from './core/send.ts';
import type { TokenRecord } from '../store/patch-store.ts';
import type { AppDeps } from './deps.ts';
import { openApiDocument } from './openapi.ts';
import { operationsRouter } from './operations.ts';

/** The whole HTTP side; it listens nowhere. */
export function createApp(deps: AppDeps): Express {
  const { clock, log, settings, store } = deps;
  const limiter = createRateLimiter(clock);
  const tokens = createTokenVerifier(store, clock);
  const authenticate = createAuthenticate(tokens, createGrafanaUsers(clock), limiter);
  const saveToken = async (record: TokenRecord): Promise<void> => {
    await store.saveToken(record);
    tokens.forget();
  };
  const routes = apiRoutes(deps, saveToken, createCursors(deps.cursorKey), createWebhookGuard(clock));

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(assignRequestId, securityHeaders);
  app.use(operationsRouter(deps, { authenticate, basic: createBasicAuth() }));
  app.get('/api/v1/openapi.json', openApi(deps, authenticate));
  app.use('/api/v1', mountRoutes(routes, { clock, log, settings, authenticate, store }));
  app.use(async (req) => {
    // Below /api even "there is no such path" is for those who have a token.
    if (req.path.startsWith('/api/')) await authenticate(req, settings().api);
    throw new ApiError('not_found', 'There is nothing at this path.');
  });
  app.use(errorHandler(log));
  return app;
}

const securityHeaders: RequestHandler = (_req, res, next) => {
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('X-Frame-Options', 'DENY');
  res.setHeader('Referrer-Policy', 'no-referrer');
  res.setHeader('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
  next();
};

function openApi(deps: AppDeps, authenticate: ReturnType<typeof createAuthenticate>): RequestHandler {
  let document: unknown;
  return async (req, res) => {
    await authenticate(req, deps.settings().api);
    document ??= openApiDocument(deps.version);
    sendJson(req, res, 200, document);
  };
}
