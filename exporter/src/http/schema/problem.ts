import { z } from 'zod';
import 'zod-openapi';

export const Problem = z
  .object({
    type: z.string().meta({ example: 'urn:patchhaven:problem:invalid_request' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'Path of the request.' }),
    requestId: z.string(),
    errors: z
      .array(z.object({ pointer: z.string().meta({ description: 'JSON pointer.' }), detail: z.string() }))
      .optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457.' });
