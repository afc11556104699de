import type { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { type Finding, isMap, toFindings } from './messages.ts';
import type { SourceConfig, SourceSchemas } from './schema.ts';
import { type SecretSources, resolveSecrets } from './secrets.ts';
import { sourceSchema } from './sections/sources.ts';

interface ParsedSources {
  readonly configs: readonly SourceConfig[];
  readonly findings: readonly Finding[];
  /** Every id that stands in the file, also of sources with faults: others may refer to it. */
  readonly ids: ReadonlySet<string>;
}

/** Checks the keys all sources have and, by its type, the options of each. */
export function parseSources(raw: unknown, schemas: SourceSchemas, secrets: SecretSources): ParsedSources {
  if (!Array.isArray(raw))
    return { configs: [], findings: [{ path: ['sources'], message: 'must be a list', atKey: false }], ids: new Set() };
  const configs: SourceConfig[] = [];
  const findings: Finding[] = [];
  const ids = new Set<string>();
  for (const [index, item] of raw.entries()) {
    const { config, found } = parseSource(item, schemas, secrets);
    findings.push(...found.map((finding) => ({ ...finding, path: ['sources', index, ...finding.path] })));
    const id = idOf(item);
    if (id !== undefined && ids.has(id))
      findings.push({ path: ['sources', index, 'id'], message: `"${id}" is used twice`, atKey: false });
    if (id !== undefined) ids.add(id);
    if (config !== undefined) configs.push(config);
  }
  return { configs, findings, ids };
}

function parseSource(
  item: unknown,
  schemas: SourceSchemas,
  secrets: SecretSources,
): { readonly config?: SourceConfig; readonly found: readonly Finding[] } {
  const common = sourceSchema.safeParse(item);
  const found = common.success ? [] : common.error.issues.flatMap((issue) => toFindings(issue, sourceSchema));
  if (!isMap(item) || typeof item['type'] !== 'string') return { found };
  const { type, options = {} } = item;
  const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
  if (schema === undefined) return { found: [...found, unknownType(type, Object.keys(schemas))] };
  if (!isMap(options)) return { found };

  const parsed = parseOptions(options, schema, secrets);
  const all = [...found, ...parsed.findings.map((finding) => ({ ...finding, path: ['options', ...finding.path] }))];
  return common.success && parsed.ok
    ? { config: { ...common.data, options: parsed.value }, found: all }
    : { found: all };
}

function parseOptions(options: unknown, schema: z.ZodType, secrets: SecretSources) {
  const resolved = resolveSecrets(options, schema, secrets);
  const result = schema.safeParse(resolved.value);
  if (result.success) return { ok: true, value: result.data, findings: resolved.findings };
  const issues = result.error.issues.flatMap((issue) => toFindings(issue, schema));
  return { ok: false, value: undefined, findings: [...resolved.findings, ...issues] };
}

function unknownType(type: string, known: readonly string[]): Finding {
  const near = didYouMean(type, known);
  const hint = near === undefined ? `: use one of ${known.join(', ')}` : `, did you mean "${near}"?`;
  return { path: ['type'], message: `"${type}" is not a source type${hint}`, atKey: false };
}

function idOf(item: unknown): string | undefined {
  return isMap(item) && typeof item['id'] === 'string' ? item['id'] : undefined;
}
