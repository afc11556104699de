import { z } from 'zod';
import { roles } from '../../store/patch-store.ts';
import { Time } from './common.ts';

export const ApiStatus = z
  .object({
    version: z.string().meta({ description: 'Of the exporter, as in semantic versioning.' }),
    now: Time,
    watcher: z
      .object({
        lastSuccessAt: Time.nullable().meta({ description: 'Null: Prometheus has not answered since the start.' }),
        intervalSeconds: z.number(),
      })
      .meta({ description: 'The last time Prometheus told who is down. While it is silent, nothing new is muted.' }),
    caller: z.object({
      actor: z.string().meta({ description: 'As audit records have it.', example: 'token:grafana user:alice' }),
      role: z.enum(roles).meta({ description: 'What the token and the signed user may do together.' }),
      tokenRole: z.enum(roles).meta({ description: 'What everyone who comes with this token may do.' }),
      organizations: z
        .union([z.literal('all'), z.array(z.string())])
        .meta({ description: '`all`, or the organizations the caller may see.' }),
    }),
  })
  .meta({ id: 'ApiStatus' });
