import { z } from 'zod';
import { secretOption } from '../../connectors/secret.ts';
import { duration } from '../duration.ts';
import { httpUrl, name } from './common.ts';

const tls = z
  .strictObject({
    ca_file: z.string().optional().describe('CA bundle that signs the server certificate.'),
    cert_file: z.string().optional().describe('Client certificate.'),
    key_file: z.string().optional().describe('Key of the client certificate.'),
    server_name: z.string().optional().describe('Name expected in the certificate, where it differs from the URL.'),
    insecure_skip_verify: z.boolean().default(false).describe('Accept any certificate. For tests only.'),
  })
  .superRefine((raw, context) => {
    if ((raw.cert_file === undefined) !== (raw.key_file === undefined))
      context.addIssue({ code: 'custom', message: 'cert_file and key_file go together' });
  })
  .transform((raw) => ({
    caFile: raw.ca_file,
    certFile: raw.cert_file,
    keyFile: raw.key_file,
    serverName: raw.server_name,
    insecureSkipVerify: raw.insecure_skip_verify,
  }));

const basicAuth = z.strictObject({
  username: z.string().min(1).describe('User.'),
  password: secretOption.describe('Password of the user.'),
});

const server = z
  .strictObject({
    name: name.describe('Name in logs and metrics.'),
    url: httpUrl.describe('Base URL, with path prefix where there is one.'),
    basic_auth: basicAuth.optional().describe('User and password.'),
    bearer_token: secretOption.optional().describe('Bearer token.'),
    tls: tls.optional().describe('TLS of the connection.'),
    timeout: duration({ min: '100ms', max: '1m' }).prefault('10s').describe('Longest wait for one answer.'),
    organization_label: z
      .string()
      .min(1)
      .nullable()
      .default('organization')
      .describe('External label that carries the organization; `null` where Prometheus serves one organization only.'),
  })
  .superRefine((raw, context) => {
    if (raw.basic_auth !== undefined && raw.bearer_token !== undefined)
      context.addIssue({ code: 'custom', path: ['basic_auth'], message: 'give basic_auth or bearer_token, not both' });
  })
  .transform((raw) => ({
    name: raw.name,
    url: raw.url,
    basicAuth: raw.basic_auth,
    bearerToken: raw.bearer_token,
    tls: raw.tls,
    timeoutSeconds: raw.timeout,
    organizationLabel: raw.organization_label,
  }));

export const prometheusSection = z
  .array(server)
  .superRefine((servers, context) => {
    for (const [index, { name: serverName }] of servers.entries())
      if (servers.findIndex((other) => other.name === serverName) < index)
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `"${serverName}" is used twice` });
  })
  .prefault([]);
