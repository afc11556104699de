import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { AuditRecord, Role } from '../../store/patch-store.ts';
import type { Principal } from '../auth/principal.ts';
import type { ProblemType } from './problem.ts';

type Schema = z.ZodObject;
type Output<S> = S extends z.ZodType ? z.output<S> : undefined;

/** What a route promises: one source for validation, authorisation and the OpenAPI document. */
export interface RouteSpec {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** OpenAPI form below `/api/v1`: `/devices/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Least role; `webhook` routes prove themselves by another way. */
  readonly role: Role | 'webhook';
  readonly params?: Schema;
  readonly query?: Schema;
  readonly body?: z.ZodType;
  /** What the document says of the body, where validation takes it in parts. */
  readonly describedBody?: z.ZodType;
  readonly responses: Readonly<
    Record<
      number,
      {
        readonly description: string;
        readonly schema: z.ZodType;
        /** Another media type, which the handler writes by itself. */
        readonly alsoAs?: string;
      }
    >
  >;
  /** Problems beyond those that every route may answer. */
  readonly problems?: readonly ProblemType[];
  /** Set on writes: verb of the audit record. */
  readonly audit?: string;
}

export interface RequestContext<S extends RouteSpec> {
  readonly params: Output<S['params']>;
  readonly query: Output<S['query']>;
  readonly body: Output<S['body']>;
  readonly principal: Principal;
  /** Makes the record of this write, for a handler that stores it together with what it writes. */
  readonly auditRecord: (note: AuditNote) => AuditRecord;
  readonly req: Request;
  readonly res: Response;
}

/** `audit` tells what the write came to, for the record; `stored` when the handler has stored the record itself. */
export interface Reply {
  readonly status?: number;
  readonly body: unknown;
  readonly audit?: AuditNote | 'stored';
}

export interface AuditNote {
  readonly target: string;
  readonly organization?: string;
  readonly detail?: string;
  readonly outcome?: 'done' | 'refused' | 'failed';
}

export interface Route {
  readonly spec: RouteSpec;
  readonly handle: (context: RequestContext<RouteSpec>) => Promise<Reply> | Reply;
}

/** Ties a handler to its spec; the handler sees the types of that very spec. */
export function route<const S extends RouteSpec>(
  spec: S,
  handle: (context: RequestContext<S>) => Promise<Reply> | Reply,
): Route {
  // The mount validates by `spec` before it calls, which is what makes the narrower types true.
  return { spec, handle: handle as unknown as Route['handle'] };
}
