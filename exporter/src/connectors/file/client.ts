import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConnectorError } from '../../domain/errors.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import { FileSnapshot } from './api-schema.ts';
import type { FileOptions } from './config.ts';
import { devicesFromCsv } from './csv.ts';

/** One file as read: its devices are still raw. */
export interface ReadFile {
  readonly name: string;
  /** The file's own `generatedAt`, otherwise when it was last written. */
  readonly generatedAt: UnixSeconds;
  readonly devices: readonly unknown[];
}

/**
 * Reads every snapshot file of the directory. Throws ConnectorError: `unavailable` when there is none or one cannot be
 * read, `malformed` when one is half written, changes under the read, or is not in the documented form.
 */
export async function readFiles(options: FileOptions, signal: AbortSignal): Promise<readonly ReadFile[]> {
  const names = await namesIn(options.directory);
  if (names.length === 0) throw new ConnectorError('unavailable', `no .json or .csv file in ${options.directory}`);
  const files: ReadFile[] = [];
  for (const name of names) {
    if (signal.aborted) throw new ConnectorError('aborted', 'stopped while reading files');
    files.push(await readOne(name, options));
  }
  return files;
}

/** Names that start with a dot are a writer's temporary files. */
async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => /^[^.].*\.(json|csv)$/i.test(name)).sort();
  } catch (cause) {
    throw new ConnectorError('unavailable', `cannot list ${directory}`, { cause });
  }
}

async function readOne(name: string, { directory, maxFileBytes }: FileOptions): Promise<ReadFile> {
  const path = join(directory, name);
  const before = await statOf(path, name);
  if (before.size > maxFileBytes) throw malformed(name, `is larger than ${String(maxFileBytes)} bytes`);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConnectorError('unavailable', `cannot read ${name}`, { cause, path: name });
  });
  const after = await statOf(path, name);
  if (before.mtimeMs !== after.mtimeMs || before.size !== after.size)
    throw malformed(name, 'was written while it was read');
  const writtenAt = after.mtimeMs / 1000;
  if (/\.csv$/i.test(name)) return { name, generatedAt: writtenAt, devices: devicesFromCsv(text, name) };
  return { name, ...fromJson(text, name, writtenAt) };
}

async function statOf(path: string, name: string) {
  try {
    return await stat(path);
  } catch (cause) {
    throw new ConnectorError('unavailable', `cannot read ${name}`, { cause, path: name });
  }
}

function fromJson(text: string, name: string, writtenAt: UnixSeconds): Omit<ReadFile, 'name'> {
  const parsed = FileSnapshot.safeParse(toJson(text, name));
  if (!parsed.success) {
    const where = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    throw malformed(name, `is not a snapshot (${where})`);
  }
  return { generatedAt: parsed.data.generatedAt ?? writtenAt, devices: parsed.data.devices };
}

function toJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw malformed(name, 'is not complete JSON');
  }
}

function malformed(name: string, what: string): ConnectorError {
  return new ConnectorError('malformed', `${name} ${what}`, { path: name });
}
