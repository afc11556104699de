import type { AuditFormat, CliIo } from '../cli.ts';
import { type Remote, RemoteError } from './remote.ts';
import { renderTable } from './table.ts';

interface AuditedDevice {
  readonly id: string;
  readonly organization: string;
  readonly name: string;
  readonly missingCritical: number | null;
  readonly rebootPending: boolean | null;
  readonly patchCounts: Readonly<Record<string, number>> | null;
  readonly compliance: { readonly verdict: string; readonly reasons: readonly string[] };
}

interface Finding {
  readonly device: string;
  readonly organization: string;
  readonly name: string;
  readonly missing: number | null;
  readonly missingCritical: number | null;
  readonly failed: number | null;
  readonly rebootPending: boolean | null;
  readonly reasons: string;
}

/** What is missing, failed, waiting or unknown on which device. 0: nothing, 1: findings, 2: could not find out. */
export async function audit(
  remote: Remote,
  { format, organization }: { readonly format: AuditFormat; readonly organization: string | undefined },
  io: Pick<CliIo, 'out' | 'err'>,
): Promise<0 | 1 | 2> {
  try {
    const findings = (await readDevices(remote, organization)).filter(needsWork).map(toFinding);
    io.out(renderers[format](findings));
    return findings.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    io.err(`patchhaven audit: ${error.message}\n`);
    return 2;
  }
}

async function readDevices(remote: Remote, organization: string | undefined): Promise<readonly AuditedDevice[]> {
  const devices: AuditedDevice[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '1000' });
    if (organization !== undefined) query.set('organization', organization);
    if (cursor !== null) query.set('cursor', cursor);
    const page = (await remote.call('GET', `/devices?${query.toString()}`)) as {
      readonly items: readonly AuditedDevice[];
      readonly nextCursor: string | null;
    };
    devices.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return devices;
}

/** Unknown is a finding: nobody knows whether that device is patched. */
function needsWork({ compliance, missingCritical, rebootPending, patchCounts }: AuditedDevice): boolean {
  if (compliance.verdict !== 'compliant' || rebootPending === true || (missingCritical ?? 0) > 0) return true;
  return ['missing', 'approved', 'failed'].some((status) => (patchCounts?.[status] ?? 0) > 0);
}

function toFinding(device: AuditedDevice): Finding {
  const { patchCounts: counts } = device;
  return {
    device: device.id,
    organization: device.organization,
    name: device.name,
    missing: counts === null ? null : (counts['missing'] ?? 0) + (counts['approved'] ?? 0),
    missingCritical: device.missingCritical,
    failed: counts === null ? null : (counts['failed'] ?? 0),
    rebootPending: device.rebootPending,
    reasons: device.compliance.reasons.join('; '),
  };
}

const columns = [
  'organization',
  'device',
  'name',
  'missing',
  'missingCritical',
  'failed',
  'rebootPending',
  'reasons',
] as const satisfies readonly (keyof Finding)[];

const renderers: Readonly<Record<AuditFormat, (findings: readonly Finding[]) => string>> = {
  json: (findings) => `${JSON.stringify(findings, null, 2)}\n`,
  csv: (findings) =>
    [columns, ...findings.map((finding) => columns.map((column) => finding[column]))]
      .map((row) => `${row.map(csvCell).join(',')}\r\n`)
      .join(''),
  table: toTable,
};

/** RFC 4180; a cell that a spreadsheet would run as a formula is defused. */
function csvCell(value: string | number | boolean | null): string {
  const text = String(value ?? '');
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function toTable(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing is missing, failed or waiting.\n';
  return renderTable([
    columns.map((column) => column.replaceAll(/[A-Z]/g, (letter) => ` ${letter}`).toUpperCase()),
    ...findings.map((finding) => columns.map((column) => String(finding[column] ?? 'unknown'))),
  ]);
}
