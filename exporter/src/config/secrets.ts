import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { Secret } from '../connectors/secret.ts';
import { type Finding, isMap } from './messages.ts';
import { unwrap } from './schema-walk.ts';

/** Where secrets come from. Relative secret files are relative to the configuration file. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly baseDir: string;
}

interface Resolved {
  readonly value: unknown;
  readonly findings: readonly Finding[];
}

/**
 * Puts a `Secret` wherever the schema takes one: from `key: env:VARIABLE` or `key_file: path`. A secret written into the
 * file itself is refused. What the schema does not know stays as it is, for validation to complain about.
 */
export function resolveSecrets(raw: unknown, schema: z.core.$ZodType, sources: SecretSources): Resolved {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray && Array.isArray(raw)) {
    const element = inner._zod.def.element;
    return gather(
      raw.map((item, index) => [index, resolveSecrets(item, element, sources)] as const),
      (entries) => entries.map(([, value]) => value),
    );
  }
  if (!isMap(raw)) return { value: raw, findings: [] };
  if (inner instanceof z.ZodRecord) {
    const valueType = inner._zod.def.valueType;
    const entries = Object.entries(raw).map(([key, item]) => [key, resolveSecrets(item, valueType, sources)] as const);
    return gather(entries, Object.fromEntries);
  }
  return inner instanceof z.ZodObject ? resolveObject(raw, inner.shape, sources) : { value: raw, findings: [] };
}

function resolveObject(raw: Readonly<Record<string, unknown>>, shape: z.core.$ZodShape, sources: SecretSources) {
  const fileKeys = new Map(
    Object.keys(shape)
      .filter((key) => shape[key] !== undefined && isSecretField(shape[key]))
      .map((key) => [secretFileKey(key), key]),
  );
  const secretNames = new Set(fileKeys.values());
  const entries = Object.entries(raw).map(([key, item]): readonly [string, Resolved, string] => {
    const target = fileKeys.get(key);
    if (target !== undefined && target in raw) return [target, fault(`give ${target} or ${key}, not both`), key];
    if (target !== undefined) return [target, attempt(() => fromFile(item, sources)), key];
    if (secretNames.has(key)) return [key, attempt(() => fromEnv(item, key, sources)), key];
    const field = shape[key];
    return [key, field === undefined ? { value: item, findings: [] } : resolveSecrets(item, field, sources), key];
  });
  return {
    value: Object.fromEntries(entries.map(([key, { value }]) => [key, value])),
    findings: entries.flatMap(([, { findings }, key]) =>
      findings.map((finding) => ({ ...finding, path: [key, ...finding.path] })),
    ),
  };
}

/** Key under which a secret may be given as a file: `password_file`, or `passwordFile` beside camel-case keys. */
export function secretFileKey(key: string): string {
  return /[A-Z]/.test(key) ? `${key}File` : `${key}_file`;
}

/** A field that takes a `Secret` and no other object. */
export function isSecretField(field: z.core.$ZodType): boolean {
  const takes = (value: unknown): boolean => z.safeParse(field, value).success;
  const isContainer = unwrap(field) instanceof z.ZodObject || unwrap(field) instanceof z.ZodRecord;
  return !isContainer && takes(new Secret('probe')) && !takes({ not: 'a secret' });
}

function gather<K extends string | number>(
  entries: readonly (readonly [K, Resolved])[],
  build: (entries: readonly (readonly [K, unknown])[]) => unknown,
): Resolved {
  return {
    value: build(entries.map(([key, { value }]) => [key, value] as const)),
    findings: entries.flatMap(([key, { findings }]) =>
      findings.map((finding) => ({ ...finding, path: [key, ...finding.path] })),
    ),
  };
}

/** Stands in for a secret that could not be read, so that validation does not report the same fault again. */
const unread = new Secret('unread');

function fault(message: string): Resolved {
  return { value: unread, findings: [{ path: [], message, atKey: false }] };
}

function attempt(read: () => string): Resolved {
  try {
    return { value: new Secret(read()), findings: [] };
  } catch (error) {
    return fault(error instanceof Error ? error.message : String(error));
  }
}

function fromEnv(item: unknown, key: string, { env }: SecretSources): string {
  const name = typeof item === 'string' ? /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(item)?.[1] : undefined;
  if (name === undefined)
    throw new Error(`must be env:<VARIABLE>, or use ${secretFileKey(key)}: secrets are not written here`);
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`environment variable ${name} is not set`);
  return value;
}

function fromFile(item: unknown, { baseDir }: SecretSources): string {
  if (typeof item !== 'string' || item === '') throw new Error('must name a file');
  const path = isAbsolute(item) ? item : resolve(baseDir, item);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Error(`cannot read secret file "${item}" (${code})`, { cause: error });
  }
  const value = text.replace(/[\r\n]+$/, '');
  if (value === '') throw new Error(`secret file "${item}" is empty`);
  return value;
}
