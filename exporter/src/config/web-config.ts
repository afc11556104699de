import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { type Finding, toFindings } from './messages.ts';
import { ConfigError } from './problem.ts';
import { readYaml } from './yaml-places.ts';

/** The two modes that mean the same in Node as in Go; a mode that would check less than it says is refused. */
const clientAuthTypes = ['NoClientCert', 'RequireAndVerifyClientCert'] as const;

const tlsSchema = z
  .strictObject({
    cert_file: z.string().min(1),
    key_file: z.string().min(1),
    client_auth_type: z.enum(clientAuthTypes).default('NoClientCert'),
    client_ca_file: z.string().min(1).optional(),
    min_version: z.enum(['TLS12', 'TLS13']).default('TLS12'),
    max_version: z.enum(['TLS12', 'TLS13']).default('TLS13'),
  })
  .superRefine((raw, context) => {
    if (raw.client_auth_type === 'RequireAndVerifyClientCert' && raw.client_ca_file === undefined)
      context.addIssue({ code: 'custom', path: ['client_auth_type'], message: 'needs client_ca_file' });
    if (raw.min_version > raw.max_version)
      context.addIssue({ code: 'custom', path: ['min_version'], message: 'is above max_version' });
  });

const schema = z.strictObject({
  tls_server_config: tlsSchema.optional(),
  basic_auth_users: z
    .record(z.string().min(1), z.string().regex(/^\$2[aby]\$\d{2}\$[./A-Za-z0-9]{53}$/, 'must be a bcrypt hash'))
    .default({}),
});

/** Options for node:https, read anew with each load so that a renewed certificate needs no restart. */
export interface WebTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer | undefined;
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
}

export interface WebConfig {
  readonly tls: WebTls | undefined;
  /** User to bcrypt hash. */
  readonly basicAuthUsers: Readonly<Record<string, string>>;
}

export const noWebConfig: WebConfig = { tls: undefined, basicAuthUsers: {} };

/** Reads a file in the exporter-toolkit format, with its certificates. Throws ConfigError with every problem. */
export function loadWebConfig(file: string): WebConfig {
  const yaml = readYaml(
    file,
    read(file, () => ({ file, line: 1, column: 1, path: [] })),
  );
  const result = schema.safeParse(yaml.value ?? {});
  if (!result.success) {
    const findings: readonly Finding[] = result.error.issues.flatMap((issue) => toFindings(issue, schema));
    throw new ConfigError(findings.map(({ path, message, atKey }) => yaml.problem(path, message, atKey)));
  }
  const { tls_server_config: tls, basic_auth_users: basicAuthUsers } = result.data;
  if (tls === undefined) return { tls: undefined, basicAuthUsers };
  const pem = (key: 'cert_file' | 'key_file' | 'client_ca_file', path: string): Buffer =>
    Buffer.from(read(resolve(dirname(file), path), () => yaml.problem(['tls_server_config', key], '', false)));
  return {
    basicAuthUsers,
    tls: {
      cert: pem('cert_file', tls.cert_file),
      key: pem('key_file', tls.key_file),
      ca: tls.client_ca_file === undefined ? undefined : pem('client_ca_file', tls.client_ca_file),
      requestCert: tls.client_auth_type !== 'NoClientCert',
      rejectUnauthorized: tls.client_auth_type === 'RequireAndVerifyClientCert',
      minVersion: tls.min_version === 'TLS13' ? 'TLSv1.3' : 'TLSv1.2',
      maxVersion: tls.max_version === 'TLS12' ? 'TLSv1.2' : 'TLSv1.3',
    },
  };
}

type Place = () => Omit<ConstructorParameters<typeof ConfigError>[0][number], 'message'>;

function read(path: string, place: Place): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new ConfigError([{ ...place(), message: `${path} cannot be read (${code})` }]);
  }
}
