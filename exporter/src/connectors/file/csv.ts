import { parse } from 'csv-parse/sync';
import { ConnectorError } from '../../domain/errors.ts';

/** Columns of the CSV form: one row per device and update, device columns repeated. */
const columns = [
  'id',
  'organization',
  'site',
  'groups',
  'tags',
  'display_name',
  'host_names',
  'ip_addresses',
  'instance',
  'os',
  'os_family',
  'os_build',
  'last_seen_at',
  'last_boot_at',
  'reboot_pending',
  'patches_known',
  'patch_id',
  'patch_title',
  'patch_severity',
  'patch_kind',
  'patch_status',
  'patch_first_seen_at',
  'patch_installed_at',
] as const;
type Row = Partial<Record<(typeof columns)[number], string>>;

/**
 * CSV text → the same raw device objects the JSON form holds. Throws ConnectorError('malformed') for unknown columns,
 * ragged rows, and a last line without a line end, which is how a half-written file looks.
 */
export function devicesFromCsv(text: string, file: string): readonly unknown[] {
  if (!text.endsWith('\n')) throw malformed(file, 'ends in the middle of a line');
  const devices = new Map<string, { readonly device: Record<string, unknown>; readonly patches: unknown[] }>();
  for (const row of readRows(text, file)) {
    const id = row.id ?? '';
    const known = devices.get(id) ?? { device: deviceOf(row), patches: [] };
    devices.set(id, known);
    if (row.patch_id !== undefined) known.patches.push(patchOf(row));
    const says = row.patches_known === 'true' || row.patch_id !== undefined;
    if (says) known.device['patches'] = known.patches;
  }
  return [...devices.values()].map(({ device }) => device);
}

function readRows(text: string, file: string): readonly Row[] {
  const [header = [], ...rows] = readRecords(text, file);
  const unknown = header.filter((name) => !columns.some((column) => column === name));
  if (unknown.length > 0) throw malformed(file, `has unknown columns: ${unknown.join(', ')}`);
  if (!header.includes('id') || !header.includes('organization')) throw malformed(file, 'lacks id or organization');
  return rows.map((row) =>
    Object.fromEntries(header.map((name, i) => [name, row[i]]).filter(([, value]) => value !== '')),
  );
}

function readRecords(text: string, file: string): readonly (readonly string[])[] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true, trim: true });
  } catch {
    throw malformed(file, 'is not well-formed CSV');
  }
}

function deviceOf(row: Row): Record<string, unknown> {
  return defined({
    id: row.id,
    organization: row.organization,
    site: row.site,
    groups: list(row.groups),
    tags: list(row.tags),
    displayName: row.display_name,
    hostNames: list(row.host_names),
    ipAddresses: list(row.ip_addresses),
    instance: row.instance,
    os: row.os === undefined ? undefined : defined({ name: row.os, family: row.os_family, build: row.os_build }),
    lastSeenAt: time(row.last_seen_at),
    lastBootAt: time(row.last_boot_at),
    rebootPending: flag(row.reboot_pending),
  });
}

function patchOf(row: Row): Record<string, unknown> {
  return defined({
    id: row.patch_id,
    title: row.patch_title,
    severity: row.patch_severity,
    kind: row.patch_kind,
    status: row.patch_status,
    firstSeenAt: time(row.patch_first_seen_at),
    installedAt: time(row.patch_installed_at),
  });
}

function list(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Epoch seconds become a number; anything else goes on as text and is judged by the schema. */
function time(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function flag(text: string | undefined): boolean | string | undefined {
  return text === 'true' ? true : text === 'false' ? false : text;
}

function defined(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function malformed(file: string, what: string): ConnectorError {
  return new ConnectorError('malformed', `${file} ${what}`, { path: file });
}
