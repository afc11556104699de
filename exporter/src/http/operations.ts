import { Router } from 'express';
import type { Request, RequestHandler } from 'express';
import type { BasicAuth } from './auth/basic.ts';
import type { Authenticate } from './auth/authenticate.ts';
import { type Principal, hasRole } from './auth/principal.ts';
import { allowScrape } from './auth/scrape-scope.ts';
import { ApiError } from './core/problem.ts';
import { sendJson } from './core/send.ts';
import type { AppDeps } from './deps.ts';
import { landingPage } from './landing-page.ts';

interface Guards {
  readonly authenticate: Authenticate;
  readonly basic: BasicAuth;
}

/** Everything outside `/api`: scrape, health, reload, configuration, landing page. */
export function operationsRouter(deps: AppDeps, guards: Guards): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/-/healthy', (_req, res) => void res.type('text/plain').end('Patchhaven is healthy.\n'));
  router.get('/-/ready', ready(deps));
  router.get('/', async (_req, res) => {
    const isReady = await storeWorks(deps);
    const page = landingPage({ version: deps.version, ready: isReady, appUrl: deps.settings().appUrl });
    res.type('text/html').end(page);
  });
  router.get('/metrics', scrape(deps, guards));
  router.get('/config', async (req, res) => {
    await demandAdmin(req, deps, guards);
    sendJson(req, res, 200, deps.config());
  });
  router.post('/-/reload', reload(deps, guards));
  router.all('/-/reload', () => {
    throw new ApiError('method_not_allowed', 'Here is only POST.', { headers: { Allow: 'POST' } });
  });
  return router;
}

function ready(deps: AppDeps): RequestHandler {
  return async (_req, res) => {
    const works = await storeWorks(deps);
    res.status(works ? 200 : 503).type('text/plain');
    res.end(
      works ? 'Patchhaven is ready.\n' : 'Patchhaven is not ready: the state is not loaded or the store fails.\n',
    );
  };
}

async function storeWorks(deps: AppDeps): Promise<boolean> {
  if (!deps.started()) return false;
  return deps.store.check().then(
    () => true,
    () => false,
  );
}

/** A scoped token scrapes its own organizations; basic authentication, where configured, is the operator's. */
function scrape(deps: AppDeps, guards: Guards): RequestHandler {
  return async (req, res) => {
    const { api } = deps.settings();
    const open = api.metricsAuth === 'open' && Object.keys(deps.basicAuthUsers()).length === 0;
    const isBasic = await guards.basic.isValid(req.headers.authorization, deps.basicAuthUsers());
    const scope = open || isBasic ? 'all' : (await authenticateHere(req, deps, guards)).scope;
    allowScrape(req, scope);
    deps.metrics(req, res);
  };
}

async function authenticateHere(req: Request, deps: AppDeps, guards: Guards): Promise<Principal> {
  try {
    return await guards.authenticate(req, deps.settings().api);
  } catch (error) {
    const offersBasic = Object.keys(deps.basicAuthUsers()).length > 0;
    if (!(error instanceof ApiError) || error.type !== 'unauthenticated' || !offersBasic) throw error;
    throw new ApiError('unauthenticated', 'Send a user and password, or a token.', {
      headers: { 'WWW-Authenticate': 'Basic realm="patchhaven"' },
    });
  }
}

/** Returns who it is; the operator's pages are for `admin` over every organization, or a user of the web config. */
async function demandAdmin(req: Request, deps: AppDeps, guards: Guards): Promise<string> {
  if (await guards.basic.isValid(req.headers.authorization, deps.basicAuthUsers())) return 'basic';
  const principal = await authenticateHere(req, deps, guards);
  if (!hasRole(principal.role, 'admin') || principal.scope !== 'all')
    throw new ApiError('forbidden', 'This needs the role admin over every organization.');
  return principal.actor;
}

function reload(deps: AppDeps, guards: Guards): RequestHandler {
  const record = (actor: string, outcome: 'done' | 'refused', detail?: string): Promise<void> =>
    deps.store
      .appendAudit({
        at: deps.clock.now(),
        actor,
        action: 'config.reload',
        target: 'configuration',
        outcome,
        ...(detail !== undefined && { detail }),
      })
      .catch((error: unknown) => {
        deps.log.error({ err: error }, 'audit record could not be written');
      });
  return async (req, res) => {
    const actor = await demandAdmin(req, deps, guards);
    const result = await deps.reload();
    await record(actor, result.ok ? 'done' : 'refused', result.ok ? undefined : result.problems.join('\n'));
    if (!result.ok)
      throw new ApiError('unprocessable', 'The old configuration stays in force.', {
        errors: result.problems.map((detail) => ({ pointer: '', detail })),
      });
    res.status(200).type('text/plain').end('Configuration reloaded.\n');
  };
}
