import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const Mount = z.union([
  z.string(),
  z.strictObject({
    type: z.literal('bind'),
    source: z.string(),
    target: z.string(),
    read_only: z.literal(true),
    bind: z.strictObject({ create_host_path: z.literal(false) }),
  }),
]);
const SecretUse = z.union([z.string(), z.strictObject({ source: z.string(), target: z.string() })]);
const Service = z.object({
  image: z.string(),
  build: z.strictObject({ context: z.literal('.'), dockerfile: z.string() }).optional(),
  user: z.string(),
  read_only: z.boolean(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(Mount).default([]),
  secrets: z.array(SecretUse).default([]),
  healthcheck: z.object({ test: z.array(z.string()) }),
});
const ComposeFile = z.object({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});
export type Service = z.output<typeof Service>;

export const root = fileURLToPath(new URL('../', import.meta.url));
export const readText = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

/** docker-compose.yml as it is written, `${…}` included. Throws for shapes the tests do not know. */
export function readCompose(): z.output<typeof ComposeFile> {
  return ComposeFile.parse(parse(readText('docker-compose.yml'), { merge: true }));
}

/** `${NAME:-default}` as Compose fills it in without an `.env`. */
export function withDefaults(text: string): string {
  return text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
}

/** Bind mounts of a service: path in the repository and path in the container. */
export function bindsOf({ volumes }: Service): readonly { readonly source: string; readonly target: string }[] {
  return volumes.filter((mount) => typeof mount !== 'string');
}

/** Secrets of a service and where it finds them. */
export function secretsOf({ secrets }: Service): readonly { readonly source: string; readonly target: string }[] {
  return secrets.map((use) => (typeof use === 'string' ? { source: use, target: `/run/secrets/${use}` } : use));
}
