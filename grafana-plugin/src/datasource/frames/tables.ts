import { createDataFrame, type DataFrame, type FieldConfig, FieldType, type QueryResultMeta } from '@grafana/data';
import type { ComplianceRow, Device, LedgerLine, PatchWindow, Update } from '../../shared/api/types';
import { toMs } from '../../shared/format/time';
import { devicePath, type LinkSpan } from '../../shared/links';

/** One column: how a row gives its value. */
interface Column<T> {
  readonly name: string;
  readonly type: FieldType;
  readonly value: (row: T) => unknown;
  readonly config?: FieldConfig;
}

export interface FrameOptions {
  readonly refId: string;
  readonly name?: string;
  readonly span: LinkSpan;
}

export function toTable<T>(
  rows: readonly T[],
  columns: ReadonlyArray<Column<T>>,
  { refId, name }: Pick<FrameOptions, 'refId' | 'name'>,
  meta: QueryResultMeta = {},
): DataFrame {
  return createDataFrame({
    refId,
    name,
    meta: { preferredVisualisationType: 'table', ...meta },
    fields: columns.map(({ name: field, type, value, config }) => ({
      name: field,
      type,
      config: config ?? {},
      values: rows.map(value),
    })),
  });
}

export const timeOrNull = (time: string | null): number | null => (time === null ? null : toMs(time));
const string = FieldType.string;
const number = FieldType.number;
const time = FieldType.time;

/** Title of a link on the device column; `${__data.fields.id}` stays for Grafana to fill. */
function deviceLink(span: LinkSpan): FieldConfig {
  // The id is filled in by Grafana, so it must not be encoded here.
  const url = devicePath('DEVICE', span).replace('DEVICE', '${__data.fields.id:percentencode}');
  return { links: [{ title: 'Open device', url }] };
}

export function devicesFrame(devices: readonly Device[], options: FrameOptions): DataFrame {
  const columns: Array<Column<Device>> = [
    { name: 'name', type: string, value: ({ name }) => name, config: deviceLink(options.span) },
    { name: 'organization', type: string, value: ({ organization }) => organization },
    { name: 'site', type: string, value: ({ site }) => site },
    { name: 'groups', type: string, value: ({ groups }) => groups.join(', ') },
    { name: 'instance', type: string, value: instanceOf },
    { name: 'os', type: string, value: ({ os }) => os?.name ?? null },
    { name: 'compliance', type: string, value: ({ compliance }) => compliance.verdict },
    { name: 'reasons', type: string, value: ({ compliance }) => compliance.reasons.join(', ') },
    { name: 'missingCritical', type: number, value: ({ missingCritical }) => missingCritical },
    { name: 'failed', type: number, value: ({ failed }) => failed ?? null },
    { name: 'rebootPending', type: FieldType.boolean, value: ({ rebootPending }) => rebootPending },
    { name: 'rebootPendingSince', type: time, value: ({ rebootPendingSince }) => timeOrNull(rebootPendingSince) },
    { name: 'lastInstall', type: time, value: ({ lastInstall }) => timeOrNull(lastInstall?.at ?? null) },
    { name: 'lastBoot', type: time, value: ({ lastBootAt }) => timeOrNull(lastBootAt) },
    { name: 'lastSeen', type: time, value: ({ lastSeenAt }) => timeOrNull(lastSeenAt) },
    { name: 'stale', type: FieldType.boolean, value: ({ stale }) => stale },
    { name: 'source', type: string, value: ({ source }) => source },
    { name: 'id', type: string, value: ({ id }) => id },
  ];
  return toTable(devices, columns, options);
}

export function instanceOf({ identity }: Device): string | null {
  return identity.status === 'matched' ? identity.instance : null;
}

export function complianceFrame(rows: readonly ComplianceRow[], options: FrameOptions): DataFrame {
  const ratio: FieldConfig = { unit: 'percentunit', min: 0, max: 1, displayName: 'Compliant' };
  const columns: Array<Column<ComplianceRow>> = [
    { name: 'organization', type: string, value: ({ organization }) => organization },
    { name: 'site', type: string, value: ({ site }) => site },
    { name: 'group', type: string, value: ({ group }) => group },
    { name: 'compliantRatio', type: number, value: ({ compliantRatio }) => compliantRatio, config: ratio },
    { name: 'devices', type: number, value: ({ devices }) => devices },
    { name: 'compliant', type: number, value: ({ compliant }) => compliant },
    { name: 'nonCompliant', type: number, value: ({ nonCompliant }) => nonCompliant },
    { name: 'unknown', type: number, value: ({ unknown }) => unknown },
  ];
  return toTable(rows, columns, options);
}

const statuses = ['missing', 'approved', 'installing', 'failed', 'installed', 'rejected', 'unknown'] as const;

export function updatesFrame(updates: readonly Update[], options: FrameOptions): DataFrame {
  const columns: Array<Column<Update>> = [
    { name: 'id', type: string, value: ({ id }) => id },
    { name: 'title', type: string, value: ({ title }) => title },
    { name: 'severity', type: string, value: ({ severity }) => severity },
    { name: 'kind', type: string, value: ({ kind }) => kind },
    { name: 'openDevices', type: number, value: ({ openDevices }) => openDevices },
    // A status that does not occur is a count of zero here: the exporter has counted all devices.
    ...statuses.map((status) => ({ name: status, type: number, value: (row: Update) => row.devices[status] ?? 0 })),
    { name: 'oldestFirstSeen', type: time, value: ({ oldestFirstSeenAt }) => timeOrNull(oldestFirstSeenAt) },
  ];
  return toTable(updates, columns, options);
}

export function ledgerFrame(lines: readonly LedgerLine[], options: FrameOptions): DataFrame {
  const columns: Array<Column<LedgerLine>> = [
    { name: 'time', type: time, value: ({ at }) => toMs(at) },
    { name: 'action', type: string, value: ({ action }) => action },
    { name: 'name', type: string, value: ({ deviceName }) => deviceName ?? null, config: deviceLink(options.span) },
    { name: 'organization', type: string, value: ({ organization }) => organization },
    { name: 'instance', type: string, value: ({ instance }) => instance },
    { name: 'reason', type: string, value: ({ reason }) => reason },
    { name: 'text', type: string, value: ({ text }) => text },
    { name: 'until', type: time, value: ({ until }) => timeOrNull(until) },
    { name: 'downAt', type: time, value: ({ downAt }) => timeOrNull(downAt) },
    { name: 'alert', type: string, value: ({ alert }) => alert },
    { name: 'actor', type: string, value: ({ actor }) => actor },
    { name: 'windowId', type: string, value: ({ windowId }) => windowId },
    { name: 'id', type: string, value: ({ device }) => device },
  ];
  return toTable(lines, columns, options);
}

/** Columns that a window has beyond its event row. */
export const windowColumns: ReadonlyArray<Column<PatchWindow>> = [
  { name: 'cause', type: string, value: ({ cause }) => cause },
  { name: 'owner', type: string, value: ({ owner }) => owner },
  { name: 'open', type: FieldType.boolean, value: ({ open }) => open },
  { name: 'downAt', type: time, value: ({ downAt }) => timeOrNull(downAt) },
  { name: 'budget', type: number, value: ({ budgetSeconds }) => budgetSeconds, config: { unit: 's' } },
  { name: 'patches', type: string, value: ({ patches }) => patches.map(({ id }) => id).join(', ') },
  { name: 'verification', type: string, value: ({ verification }) => verification?.verdict ?? null },
];
