import { csvLine } from '../../http/core/csv.ts';
import { renderTable } from '../table.ts';
import { count, type AuditRow, type GroupRow, troubles } from '../../domain/audit.ts';

/** Everything that was found out, in the order it is shown. */
export interface AuditReport {
  readonly at: string;
  readonly sla: Readonly<Record<string, number>>;
  /** All devices, clean ones too. */
  readonly all: readonly AuditRow[];
  /** Those with findings and those nobody knows about. */
  readonly rows: readonly AuditRow[];
  readonly groups: readonly GroupRow[] | undefined;
  /** Open updates that could not be compared with the list of exploited vulnerabilities; undefined = no list. */
  readonly unmatched: { readonly updates: number; readonly of: number } | undefined;
}

const width = 100;

export const renderers: Readonly<Record<'table' | 'json' | 'csv', (report: AuditReport) => string>> = {
  json: ({ at, sla, all, rows, groups, unmatched }) => {
    const totals = count(all);
    const kev = unmatched === undefined ? null : { openUpdates: unmatched.of, notComparable: unmatched.updates };
    return `${JSON.stringify({ at, slaSeconds: sla, totals, kev, ...(groups === undefined ? { devices: rows } : { groups }) }, null, 2)}\n`;
  },
  csv: ({ rows, groups }) => (groups === undefined ? devicesCsv(rows) : groupsCsv(groups)),
  table: (report) => {
    const { groups, rows } = report;
    const body = groups === undefined ? devicesTable(rows) : groupsTable(groups);
    return `${body}${body === '' ? '' : '\n'}${summary(report)}\n`;
  },
};

const groupColumns = ['name', 'devices', 'clean', ...troubles] as const satisfies readonly (keyof GroupRow)[];

function groupsCsv(groups: readonly GroupRow[]): string {
  return [csvLine(groupColumns), ...groups.map((row) => csvLine(groupColumns.map((column) => row[column])))].join('');
}

function groupsTable(groups: readonly GroupRow[]): string {
  return renderTable([
    groupColumns.map((column) => column.toUpperCase()),
    ...groups.map((row) => groupColumns.map((column) => (column === 'name' ? cut(row.name, 34) : String(row[column])))),
  ]);
}

function devicesCsv(rows: readonly AuditRow[]): string {
  const columns = [
    'organization',
    'site',
    'groups',
    'device',
    'name',
    'troubles',
    'missing',
    'missing_critical',
    'failed',
    'overdue',
    'restart',
    'oldest_days',
    'exploited',
    'reasons',
  ];
  const cells = (row: AuditRow) => [
    row.organization,
    row.site,
    row.groups.join(' | '),
    row.device,
    row.name,
    row.troubles.join(' '),
    row.missing,
    row.missingCritical,
    row.failed,
    row.overdue,
    row.restart,
    row.oldestDays,
    row.exploited === null ? null : row.exploited.join(' '),
    row.reasons.join(' | '),
  ];
  return [columns, ...rows.map(cells)].map(csvLine).join('');
}

const heading = ['DEVICE', 'ORGANIZATION', 'TROUBLE', 'MISS', 'CRIT', 'FAIL', 'DAYS'];
const limits = [22, 14, 9, 5, 5, 5, 5];

function devicesTable(rows: readonly AuditRow[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => [
    row.name,
    row.organization,
    row.troubles[0] ?? '',
    number(row.missing),
    number(row.missingCritical),
    number(row.failed),
    number(row.oldestDays),
  ]);
  const fitted = [heading, ...cells].map((line) => line.map((cell, i) => cut(cell, limits[i] ?? width)));
  const widths = heading.map((_, i) => Math.max(...fitted.map((line) => line[i]?.length ?? 0)));
  const rest = width - widths.reduce((sum, one) => sum + one + 2, 0);
  const reasons = ['WHY', ...rows.map((row) => row.reasons.join('; '))];
  return renderTable(fitted.map((line, i) => [...line, cut(reasons[i] ?? '', rest)]));
}

function number(value: number | null): string {
  return value === null ? '?' : String(value);
}

/** What a vendor calls a machine must not drive the terminal. */
function cut(text: string, length: number): string {
  const plain = text.replace(/\p{Cc}+/gu, ' ');
  return plain.length > length ? `${plain.slice(0, length - 1)}…` : plain;
}

function summary({ all, rows, unmatched }: AuditReport): string {
  const sums = count(all);
  const parts = troubles.filter((trouble) => sums[trouble] > 0).map((trouble) => `${String(sums[trouble])} ${trouble}`);
  const devices = `${String(sums.devices)} ${sums.devices === 1 ? 'device' : 'devices'}`;
  const compared =
    unmatched === undefined || unmatched.updates === 0
      ? ''
      : `\n${String(unmatched.updates)} of ${String(unmatched.of)} open updates name no CVE: not compared with the list of exploited ones.`;
  if (all.length === 0) return 'No devices: nothing can be told.';
  const [missing, failed] = [sum(all, 'missing'), sum(all, 'failed')];
  if (rows.length === 0 && missing + failed > 0)
    return `${devices}: nothing that was asked for; ${String(missing)} missing, ${String(failed)} failed.${compared}`;
  if (rows.length === 0) return `${devices}: nothing is missing, failed, behind or waiting.${compared}`;
  return `${devices}: ${[...parts, `${String(sums.clean)} clean`].join(', ')}.${compared}`;
}

function sum(all: readonly AuditRow[], column: 'missing' | 'failed'): number {
  return all.reduce((total, row) => total + (row[column] ?? 0), 0);
}
