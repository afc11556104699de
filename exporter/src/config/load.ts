import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { crossCheck } from './cross-check.ts';
import { type Finding, isMap, toFindings, unknownKey } from './messages.ts';
import { parseSources } from './parse-sources.ts';
import { ConfigError } from './problem.ts';
import { type Config, type Sections, type SourceSchemas, sections } from './schema.ts';
import { type SecretSources, resolveSecrets } from './secrets.ts';
import { type YamlPlaces, readYaml } from './yaml-places.ts';

export interface LoadOptions {
  readonly sourceSchemas: SourceSchemas;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reads, checks and completes the configuration file. Throws ConfigError with every problem found. */
export function loadConfig(file: string, options: LoadOptions): Config {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new ConfigError([{ file, line: 1, column: 1, path: [], message: `cannot be read (${code})` }]);
  }
  return parseConfig(file, text, options);
}

/** The same for text already read; `file` is for messages and as the place relative secret files start from. */
export function parseConfig(file: string, text: string, options: LoadOptions): Config {
  const yaml = readYaml(file, text);
  const root = yaml.value ?? {};
  if (!isMap(root)) throw new ConfigError([yaml.problem([], 'must be a map of sections', false)]);

  const secrets = { env: options.env, baseDir: dirname(file) };
  const known = [...Object.keys(sections), 'sources'];
  const strangers = Object.keys(root).filter((key) => !known.includes(key));
  const parsed = parseSections(root, secrets);
  const sources = parseSources(root['sources'] ?? [], options.sourceSchemas, secrets);
  const partial = { ...parsed.values, sources: sources.configs };
  const findings = [
    ...strangers.map((key) => unknownKey([key], key, known)),
    ...parsed.findings,
    ...sources.findings,
    ...crossCheck(partial, sources.ids),
  ];
  if (findings.length > 0) throw inFileOrder(findings, yaml);
  return partial as Config;
}

function parseSections(root: Readonly<Record<string, unknown>>, secrets: SecretSources) {
  const values: Record<string, unknown> = {};
  const findings: Finding[] = [];
  for (const [name, schema] of Object.entries<z.ZodType>(sections)) {
    // An empty section ("watcher:") is the section with its defaults.
    const resolved = resolveSecrets(root[name] ?? undefined, schema, secrets);
    const result = schema.safeParse(resolved.value);
    if (result.success) values[name] = result.data;
    const issues = result.success ? [] : result.error.issues.flatMap((issue) => toFindings(issue, schema));
    findings.push(...[...resolved.findings, ...issues].map((found) => ({ ...found, path: [name, ...found.path] })));
  }
  return { values: values as Partial<Sections>, findings };
}

function inFileOrder(findings: readonly Finding[], yaml: YamlPlaces): ConfigError {
  const problems = findings.map(({ path, message, atKey }) => yaml.problem(path, message, atKey));
  return new ConfigError(problems.sort((a, b) => a.line - b.line || a.column - b.column));
}
