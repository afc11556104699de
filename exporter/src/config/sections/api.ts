import { z } from 'zod';
import { secretOption } from '../../connectors/secret.ts';
import { duration } from '../duration.ts';
import { httpUrl } from './common.ts';

/** The ladder of the store's tokens. */
const roles = ['viewer', 'reporter', 'operator', 'admin'] as const;

const webhook = z
  .strictObject({
    kind: z
      .enum(['header', 'hmac'])
      .describe('`header`: a shared secret in a header. `hmac`: SHA-256 over time and body.'),
    header: z
      .string()
      .regex(/^[A-Za-z0-9-]+$/, 'is not a header name')
      .default('X-Patchhaven-Secret')
      .describe('Header that carries the secret or the signature.'),
    timestamp_header: z
      .string()
      .regex(/^[A-Za-z0-9-]+$/, 'is not a header name')
      .default('X-Patchhaven-Timestamp')
      .describe('With `hmac`: header with the time of sending, epoch seconds; it is part of what is signed.'),
    replay_window: duration({ min: '10s', max: '1h' })
      .prefault('5m')
      .describe('With `hmac`: older or repeated deliveries are refused.'),
    secret: secretOption.describe('Shared secret.'),
  })
  .transform((raw) => ({
    kind: raw.kind,
    header: raw.header.toLowerCase(),
    timestampHeader: raw.timestamp_header.toLowerCase(),
    replayWindowSeconds: raw.replay_window,
    secret: raw.secret,
  }));

const organizationScope = z.union([z.literal('all'), z.array(z.string().min(1))], {
  error: 'must be "all" or a list of organizations',
});

const grafana = z
  .strictObject({
    root_url: httpUrl.describe('Grafana’s `root_url`: issuer of the signed user tokens.'),
    jwks_url: httpUrl.optional().describe('Where its keys are. Default: `<root_url>/api/signing-keys/keys`.'),
    jwks_cache: duration({ min: '10s', max: '1d' }).prefault('10m').describe('How long keys are kept.'),
    organizations: z
      .record(z.string().regex(/^\d+$/, 'must be a Grafana organization id'), organizationScope)
      .describe('Grafana organization id to what its users may see. Ids not listed see nothing.')
      .meta({ typeName: 'map to `all` or list' }),
    roles: z
      .strictObject({
        Viewer: z.enum(roles).default('viewer'),
        Editor: z.enum(roles).default('viewer'),
        Admin: z.enum(roles).default('operator'),
      })
      .prefault({})
      .describe('Grafana role to role here. Raises, never lowers, the role of the data source’s token.'),
  })
  .transform((raw) => ({
    rootUrl: raw.root_url,
    jwksUrl: raw.jwks_url ?? `${raw.root_url}/api/signing-keys/keys`,
    jwksCacheSeconds: raw.jwks_cache,
    organizations: raw.organizations,
    roles: raw.roles,
  }));

const rateLimit = z
  .strictObject({
    requests_per_second: z.number().positive().default(50).describe('Sustained, per token.'),
    burst: z.int().min(1).default(200).describe('At once, per token.'),
  })
  .transform((raw) => ({ requestsPerSecond: raw.requests_per_second, burst: raw.burst }))
  .prefault({})
  .describe('Past it the answer is 429 with `Retry-After`.');

export const apiSection = z
  .strictObject({
    rate_limit: rateLimit,
    metrics_auth: z
      .enum(['required', 'open'])
      .default('required')
      .describe('`open` serves `/metrics` to anyone who can reach the port.'),
    webhooks: z
      .record(z.string().min(1), webhook)
      .default({})
      .describe('Source id to how its webhooks prove themselves.')
      .meta({ typeName: 'map to webhook' }),
    grafana: grafana.optional().describe('Users of Grafana, known by the signed `X-Grafana-Id`.'),
  })
  .transform((raw) => ({
    rateLimit: raw.rate_limit,
    metricsAuth: raw.metrics_auth,
    webhooks: raw.webhooks,
    grafana: raw.grafana,
  }))
  .prefault({});
