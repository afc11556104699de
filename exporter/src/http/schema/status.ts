import { z } from 'zod';
import { prometheusErrorKinds, prometheusUses } from '../../domain/prometheus-trouble.ts';
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
    prometheus: z
      .array(
        z.object({
          server: z.string().nullable().meta({ description: 'Null for callers who do not see all organizations.' }),
          use: z.enum(prometheusUses).meta({ description: 'What it is asked for.' }),
          reason: z
            .enum(prometheusErrorKinds)
            .meta({ description: '`partial`: a part of its answers is missing, so nothing is concluded from them.' }),
          text: z.string().meta({ description: 'One sentence for people: what waits because of it.' }),
          message: z.string().nullable().meta({ description: 'Its own words; null like `server`.' }),
          since: Time,
        }),
      )
      .meta({ description: 'Servers that do not answer, or in part only. Empty: all is well.' }),
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
