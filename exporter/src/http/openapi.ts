import { createDocument } from 'zod-openapi';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { apiSpecs } from './api-routes.ts';
import { type ProblemType, problemTypes } from './core/problem.ts';
import type { RouteSpec } from './core/route.ts';
import { Problem } from './schema/problem.ts';

/** The OpenAPI 3.1 document, made from the very schemas that validate requests. */
export function openApiDocument(version: string): unknown {
  const paths: ZodOpenApiPathsObject = {};
  for (const spec of apiSpecs) paths[spec.path] = { ...paths[spec.path], [spec.method]: operation(spec) };
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Patchhaven',
      version,
      description:
        'Patch state, quiet windows and their reasons. Times are RFC 3339; lists page by cursor and carry an ETag.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'Made by `patchhaven token create`.' },
        webhook: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Patchhaven-Secret',
          description: 'Header and form are configured per source.',
        },
      },
    },
  });
}

function operation(spec: RouteSpec): ZodOpenApiOperationObject {
  const { params, query, body, describedBody = body } = spec;
  return {
    operationId: spec.operationId,
    tags: [spec.tag],
    summary: spec.summary,
    ...(spec.description !== undefined && { description: spec.description }),
    ...(spec.role === 'webhook' ? { security: [{ webhook: [] }] } : { 'x-role': spec.role }),
    requestParams: { ...(params !== undefined && { path: params }), ...(query !== undefined && { query }) },
    ...(body !== undefined && {
      requestBody: {
        required: spec.method !== 'delete',
        content: { 'application/json': { schema: describedBody ?? body } },
      },
    }),
    responses: { ...answers(spec), ...problems(spec) },
  };
}

function answers(spec: RouteSpec): ZodOpenApiResponsesObject {
  return Object.fromEntries(
    Object.entries(spec.responses).map(([status, { description, schema, alsoAs }]) => [
      status as `${1 | 2 | 3 | 4 | 5}${string}`,
      {
        description,
        content: {
          'application/json': { schema },
          ...(alsoAs !== undefined && { [alsoAs]: { schema: { type: 'string' } } }),
        },
      },
    ]),
  );
}

function problems(spec: RouteSpec): ZodOpenApiResponsesObject {
  const common: ProblemType[] = ['invalid_request', 'unauthenticated', 'forbidden', 'rate_limited', 'internal'];
  const byStatus = new Map<number, string>();
  for (const type of [...common, ...(spec.problems ?? [])]) {
    const { status, title } = problemTypes[type];
    byStatus.set(status, [byStatus.get(status), title].filter(Boolean).join('; '));
  }
  return Object.fromEntries(
    [...byStatus].map(([status, description]) => [
      String(status) as `${1 | 2 | 3 | 4 | 5}${string}`,
      { description, content: { 'application/problem+json': { schema: Problem } } },
    ]),
  );
}
