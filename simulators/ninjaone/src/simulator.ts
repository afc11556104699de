import type { Server } from 'node:http';
import type { Express, Request, Response } from 'express';
import express from 'express';
import type { ActivityLog } from './activities.ts';
import { createActivityLog } from './activities.ts';
import { ApiError } from './api-error.ts';
import type { ApiClient, Auth } from './auth.ts';
import { createAuth, TokenError } from './auth.ts';
import { answerWithFaults } from './fault-middleware.ts';
import type { SimulatorClock } from './clock.ts';
import { wallClock } from './clock.ts';
import type { SimulatorContext } from './context.ts';
import { createDice } from './dice.ts';
import type { Faults } from './faults.ts';
import { createFaults, TOKEN_TARGET } from './faults.ts';
import type { Fleet } from './fleet.ts';
import { createFleet } from './fleet.ts';
import { recordHistory } from './history.ts';
import type { NamedDevice } from './identity.ts';
import type { MachineHooks, Machines } from './machines.ts';
import { createMachines } from './machines.ts';
import type { RateLimitOptions } from './rate-limit.ts';
import { createRateLimit } from './rate-limit.ts';
import type { ActionOptions } from './routes/actions.ts';
import { addActionRoutes } from './routes/actions.ts';
import { addActivityRoutes } from './routes/activity-routes.ts';
import { addControlRoutes } from './routes/control.ts';
import { addEntityRoutes } from './routes/entities.ts';
import { addReportRoutes } from './routes/reports.ts';
import { addWebhookRoutes } from './routes/webhook-routes.ts';
import { createRows } from './rows.ts';
import { Timings } from './scenario.ts';
import { createSchedule } from './schedule.ts';
import type { Webhook } from './webhook.ts';
import { createWebhook } from './webhook.ts';
import { expandReferences } from './expand.ts';

export interface SimulatorOptions extends Partial<ActionOptions> {
  readonly seed?: number;
  readonly devices?: number;
  readonly organizations?: number;
  readonly named?: readonly NamedDevice[];
  readonly organizationNames?: readonly string[];
  readonly clock?: SimulatorClock;
  /** 10 makes a ten-minute step of a patch night take one minute. Timestamps stay on the clock. */
  readonly timeScale?: number;
  readonly timings?: Partial<Timings>;
  /** Machines that answer were last heard this many seconds ago at the most; default 60. */
  readonly contactSeconds?: number;
  readonly clients?: readonly ApiClient[];
  readonly tokenLifetimeSeconds?: number;
  readonly cursorLifetimeSeconds?: number;
  /** No limit when left out. */
  readonly rateLimit?: RateLimitOptions;
  /** Page size of entity lists when the request names none. */
  readonly entityPageSize?: number;
  /** Activities of the day before the start. */
  readonly historyActivities?: number;
  /** Serves `/_sim/...` to loopback callers. */
  readonly controlApi?: boolean;
  readonly hooks?: MachineHooks;
  readonly fetch?: typeof fetch;
  readonly onRequest?: (method: string, path: string, status: number) => void;
}

export interface RunningSimulator {
  /** Without a trailing slash. */
  readonly url: string;
  /** Ends open connections, also those a fault left hanging. */
  close(): Promise<void>;
}

export interface Simulator {
  readonly app: Express;
  readonly fleet: Fleet;
  readonly faults: Faults;
  readonly machines: Machines;
  readonly log: ActivityLog;
  readonly webhook: Webhook;
  readonly auth: Auth;
  /** Requests that were answered although they cannot have meant what they said, oldest first. */
  readonly warnings: readonly string[];
  /** How often each endpoint was asked, by `METHOD /path` with ids replaced. */
  readonly requests: ReadonlyMap<string, number>;
  /** Runs every step that has come due. Each request does so too, and a running simulator does it on its own. */
  tick(): void;
  listen(port?: number, host?: string): Promise<RunningSimulator>;
}

/** May read and change everything. */
export const DEFAULT_CLIENT = {
  id: 'simulator-client',
  secret: 'simulator-secret',
  scopes: ['monitoring', 'management', 'control'],
  administrator: true,
} as const satisfies ApiClient;

const WARNINGS_MAX = 1_000;
const TICK_MS = 100;

/** Builds a simulator; nothing listens and nothing runs until it is asked to. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const { clock = wallClock, devices = 50, timeScale = 1, hooks = {} } = options;
  const dice = createDice(options.seed ?? 1);
  const schedule = createSchedule(clock);
  const faults = createFaults();
  const fleet = createFleet({ ...options, dice, clock, devices, organizations: options.organizations ?? 3 });
  const rows = createRows(fleet, dice, () => clock.now(), options.contactSeconds);
  const auth = createAuth(options.clients ?? [DEFAULT_CLIENT], options.tokenLifetimeSeconds ?? 3_600, clock);
  const webhook = createWebhook({
    clock,
    schedule,
    faults,
    fetch: options.fetch ?? fetch,
    ...expandReferences(fleet, rows),
  });
  const log = createActivityLog({ clock, schedule, faults, dice, onVisible: webhook.offer });
  const timings = Timings.parse(options.timings ?? {});
  const machines = createMachines({ fleet, log, schedule, clock, dice, timings, timeScale, hooks });
  recordHistory({ fleet, log, dice, count: options.historyActivities ?? 300 });

  const warnings: string[] = [];
  const requests = new Map<string, number>();
  const warn = (message: string) => {
    if (warnings.length < WARNINGS_MAX) warnings.push(message);
  };
  const context = { clock, dice, fleet, rows, log, faults, machines, webhook, warn };
  const app = createApp({ options, context, auth, requests, warnings, schedule });

  return {
    app,
    fleet,
    faults,
    machines,
    log,
    webhook,
    auth,
    warnings,
    requests,
    tick: schedule.runDue,
    listen: (port = 0, host = '127.0.0.1') => listen(app, port, host, schedule.runDue),
  };
}

interface AppParts {
  readonly options: SimulatorOptions;
  readonly context: SimulatorContext;
  readonly auth: Auth;
  readonly requests: Map<string, number>;
  readonly warnings: readonly string[];
  readonly schedule: ReturnType<typeof createSchedule>;
}

function createApp({ options, context, auth, requests, warnings, schedule }: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((request, response, next) => {
    schedule.runDue();
    response.on('finish', () => options.onRequest?.(request.method, pathOf(request), response.statusCode));
    next();
  });
  if (options.controlApi === true) app.use('/_sim', controlRouter({ context, auth, requests, warnings, schedule }));
  app.post(['/ws/oauth/token', TOKEN_TARGET], express.urlencoded({ extended: false }), tokenRoute(context, auth));
  app.use(['/api/v2', '/v2'], apiRouter(options, context, auth, requests));
  app.use((request) => {
    throw new ApiError(404, `no such path: ${request.path}`);
  });
  app.use(answerError);
  return app;
}

function controlRouter({ context, auth, requests, warnings, schedule }: Omit<AppParts, 'options'>) {
  const router = express.Router();
  router.use((request, _response, next) => {
    if (!isLoopback(request.socket.remoteAddress)) throw new ApiError(404, 'no such path');
    next();
  }, express.json());
  const revokeTokens = () => {
    auth.revokeAll();
  };
  addControlRoutes(router, context, { pendingSteps: () => schedule.pending, warnings, requests, revokeTokens });
  return router;
}

function tokenRoute({ faults }: SimulatorContext, auth: Auth) {
  const spoiled = answerWithFaults(faults, () => TOKEN_TARGET);
  return (request: Request, response: Response) => {
    spoiled(request, response, () => {
      response.json(auth.issue(request.body));
    });
  };
}

function apiRouter(options: SimulatorOptions, context: SimulatorContext, auth: Auth, requests: Map<string, number>) {
  const router = express.Router();
  const limit = createRateLimit(options.rateLimit, context.clock);
  router.use((request, _response, next) => {
    const key = `${request.method} ${request.path.replace(/\/\d+/g, '/{id}')}`;
    requests.set(key, (requests.get(key) ?? 0) + 1);
    next();
  });
  router.use(answerWithFaults(context.faults, ({ path }) => path));
  router.use((request, response, next) => {
    const client = auth.require(request.headers.authorization, request.method === 'GET' ? 'monitoring' : 'management');
    limit(client.id);
    response.locals['administrator'] = client.administrator;
    next();
  }, express.json());
  addEntityRoutes(router, context, options.entityPageSize ?? 100);
  addReportRoutes(router, context, options.cursorLifetimeSeconds ?? 300);
  addActivityRoutes(router, context);
  addWebhookRoutes(router, context);
  addActionRoutes(router, context, {
    scriptReply: options.scriptReply ?? 'empty',
    maintenanceNumberUnit: options.maintenanceNumberUnit ?? 'milliseconds',
    onScript: options.onScript ?? (() => 'SUCCESS'),
  });
  return router;
}

/** Without the query, and as it was before routers took their prefix off. */
const pathOf = ({ originalUrl }: Request): string => originalUrl.split('?', 1)[0] ?? originalUrl;

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address);

/** Express knows an error handler by its four parameters. */
function answerError(error: unknown, _request: Request, response: Response, _next: () => void): void {
  if (error instanceof TokenError) {
    response.status(error.status).json({ error: error.code, error_description: error.message });
    return;
  }
  const { status, headers, message } = error instanceof ApiError ? error : fromUnknown(error);
  response.status(status).set(headers).json({ resultCode: 'FAILURE', errorMessage: message });
}

/** Body parsers report a bad request by its status; anything else is a bug of the simulator. */
function fromUnknown(error: unknown): ApiError {
  const badRequest = error instanceof Error && 'status' in error && error.status === 400;
  return new ApiError(badRequest ? 400 : 500, error instanceof Error ? error.message : String(error));
}

async function listen(app: Express, port: number, host: string, tick: () => void): Promise<RunningSimulator> {
  const server = await new Promise<Server>((resolve, reject) => {
    const starting = app.listen(port, host, (error) => {
      if (error) reject(error);
      else resolve(starting);
    });
  });
  const timer = setInterval(tick, TICK_MS);
  timer.unref();
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(boundPort)}`,
    close: () =>
      new Promise((resolve) => {
        clearInterval(timer);
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
