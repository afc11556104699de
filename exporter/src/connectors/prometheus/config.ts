import { z } from 'zod';
import { defaultHttpOptions } from '../http-client.ts';
import { secretOption } from '../secret.ts';

const word = z.string().min(1);

const HttpOptions = z.strictObject({
  timeoutSeconds: z.number().positive().max(300).default(30),
  concurrency: z.int().min(1).max(16).default(defaultHttpOptions.concurrency),
  requestsPerSecond: z.number().positive().max(1000).default(20),
  burst: z.int().min(1).max(1000).default(40),
});

/** Options of a `prometheus` source. Every key is described in docs/connectors/prometheus.md. */
export const PrometheusOptions = z
  .strictObject({
    baseUrl: z.url({ protocol: /^https?$/ }),
    bearerToken: secretOption.optional(),
    username: word.optional(),
    password: secretOption.optional(),
    /** Every target of these jobs is a device, up or down. */
    jobs: z.array(word).min(1).default(['node', 'windows']),
    organizationLabel: word.default('organization'),
    /** Organization of targets that do not carry the label. */
    organization: word.optional(),
    siteLabel: word.optional(),
    groupLabels: z.array(word).default([]),
    /** What a host wrote longer ago is no evidence; more than an hour never is. */
    maxFactAgeSeconds: z.number().positive().max(3600).default(3600),
    /** Package lists older than this do not know what is missing. */
    maxMetadataAgeSeconds: z
      .number()
      .positive()
      .default(7 * 86_400),
    http: HttpOptions.prefault({}),
  })
  .superRefine((raw, context) => {
    if ((raw.username === undefined) !== (raw.password === undefined))
      context.addIssue({ code: 'custom', path: ['username'], message: 'username and password go together' });
    if (raw.bearerToken !== undefined && raw.username !== undefined)
      context.addIssue({ code: 'custom', path: ['bearerToken'], message: 'give bearerToken or username, not both' });
  });
export type PrometheusOptions = z.output<typeof PrometheusOptions>;
