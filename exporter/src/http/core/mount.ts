import express, { type Request, type RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Clock } from '../../domain/time.ts';
import type { AuditRecord, Role } from '../../store/patch-store.ts';
import type { Authenticate } from '../auth/authenticate.ts';
import { type Principal, hasRole } from '../auth/principal.ts';
import type { HttpSettings } from '../settings.ts';
import { toApiError } from './error-handler.ts';
import { ApiError, type FieldError, jsonPointer } from './problem.ts';
import type { AuditNote, Reply, RequestContext, Route, RouteSpec } from './route.ts';
import { sendJson } from './send.ts';

export const maxBodyBytes = 5 * 1024 * 1024;

export interface MountDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: () => HttpSettings;
  readonly authenticate: Authenticate;
  readonly store: { appendAudit(record: AuditRecord): Promise<void> };
}

/** Puts routes on a router: who is it, may they, is the request valid, then the handler; writes leave a record. */
export function mountRoutes(routes: readonly Route[], deps: MountDeps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const json = express.json({ limit: maxBodyBytes, strict: false });
  for (const { spec, handle } of routes) {
    const path = spec.path.replaceAll(/\{(\w+)\}/g, ':$1');
    router[spec.method](
      path,
      ...(spec.role === 'webhook' ? [] : [guard(spec, deps)]),
      ...body(spec, json),
      async (req, res) => {
        const principal = principals.get(req);
        const auditRecord = recorder(spec, req, principal, deps.clock);
        const run = async (): Promise<Reply> =>
          handle({ ...validate(spec, req), principal: principal ?? nobody, auditRecord, req, res });
        const reply = await (spec.audit === undefined ? run() : audited(auditRecord, req, deps, run));
        if (!res.headersSent) sendJson(req, res, reply.status ?? 200, reply.body);
      },
    );
  }
  for (const path of new Set(routes.map(({ spec }) => spec.path)))
    router.all(toExpress(path), methodNotAllowed(routes, path));
  return router;
}

/** Webhook routes prove themselves by the delivery; they see no organization through this principal. */
const nobody: Principal = { tokenId: '', actor: 'webhook', role: 'viewer', tokenRole: 'viewer', scope: [] };
const principals = new WeakMap<Request, Principal>();

function toExpress(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** Before the body is read: who may not write cannot make us parse 5 MB either. */
function guard(spec: RouteSpec, deps: MountDeps): RequestHandler {
  return async (req, _res, next) => {
    const principal = await deps.authenticate(req, deps.settings().api);
    principals.set(req, principal);
    if (!hasRole(principal.role, spec.role as Role)) {
      const refused = new ApiError('forbidden', `This needs the role ${spec.role}; yours is ${principal.role}.`);
      if (spec.audit === undefined) throw refused;
      await audited(recorder(spec, req, principal, deps.clock), req, deps, () => Promise.reject(refused));
    }
    next();
  };
}

function body(spec: RouteSpec, json: RequestHandler): readonly RequestHandler[] {
  if (spec.body === undefined || spec.role === 'webhook') return [];
  const needsJson: RequestHandler = (req, _res, next) => {
    const isEmpty = req.headers['content-length'] === undefined && req.headers['transfer-encoding'] === undefined;
    if (!isEmpty && req.is('application/json') === false)
      throw new ApiError('unsupported_media_type', 'Send Content-Type: application/json.');
    next();
  };
  return [needsJson, json];
}

function validate(spec: RouteSpec, req: Request): Pick<RequestContext<RouteSpec>, 'params' | 'query' | 'body'> {
  const errors: FieldError[] = [];
  const check = (schema: z.ZodType | undefined, value: unknown, prefix: string): unknown => {
    if (schema === undefined) return undefined;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    errors.push(...fieldErrors(result.error, prefix));
    return undefined;
  };
  const checked = {
    params: check(spec.params, req.params, '/path'),
    query: check(spec.query, req.query, '/query'),
    body: spec.role === 'webhook' ? undefined : check(spec.body, req.body ?? {}, ''),
  };
  if (errors.length > 0)
    throw new ApiError('invalid_request', errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '), {
      errors,
    });
  return checked as Pick<RequestContext<RouteSpec>, 'params' | 'query' | 'body'>;
}

export function fieldErrors(error: z.ZodError, prefix: string): readonly FieldError[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ pointer: prefix + jsonPointer([...issue.path, key]), detail: 'is not known' }))
      : [{ pointer: prefix + jsonPointer(issue.path), detail: issue.message }],
  );
}

type Recorder = (note: AuditNote) => AuditRecord;

function recorder(spec: RouteSpec, req: Request, principal: Principal | undefined, clock: Clock): Recorder {
  // One organization's caller acts within it: that is whose record a refusal is, whatever it asked for.
  const own =
    principal !== undefined && principal.scope !== 'all' && principal.scope.length === 1
      ? principal.scope[0]
      : undefined;
  return (note) => ({
    at: clock.now(),
    actor: principal?.actor ?? `webhook:${req.path}`,
    action: spec.audit ?? '',
    ...(own === undefined ? {} : { organization: own }),
    outcome: 'done',
    ...note,
  });
}

/** Runs a write and records what became of it. A record that cannot be written is logged: the write itself stands. */
async function audited(
  auditRecord: Recorder,
  req: Request,
  deps: MountDeps,
  run: () => Promise<Reply>,
): Promise<Reply> {
  const record = async (note: AuditNote): Promise<void> => {
    const full = auditRecord(note);
    await deps.store.appendAudit(full).catch((error: unknown) => {
      deps.log.error({ err: error, audit: full }, 'audit record could not be written');
    });
  };
  try {
    const reply = await run();
    if (reply.audit !== 'stored') await record(reply.audit ?? { target: req.path });
    return reply;
  } catch (error) {
    const problem = toApiError(error);
    const outcome = problem.status >= 500 ? 'failed' : 'refused';
    await record({ target: req.path, outcome, detail: problem.message });
    throw error;
  }
}

function methodNotAllowed(routes: readonly Route[], path: string): RequestHandler {
  const methods = routes.filter(({ spec }) => spec.path === path).map(({ spec }) => spec.method.toUpperCase());
  const allow = [...(methods.includes('GET') ? ['HEAD'] : []), ...methods].sort().join(', ');
  return () => {
    throw new ApiError('method_not_allowed', `Here is only ${allow}.`, { headers: { Allow: allow } });
  };
}
