import type { LedgerLine } from '../../../shared/api/types';
import { toCsv } from '../../../shared/format/csv';

const header = [
  'at',
  'organization',
  'device',
  'device_name',
  'instance',
  'action',
  'reason',
  'text',
  'alert',
  'down_at',
  'until',
  'actor',
  'window_id',
  'evidence',
];

/** Ledger lines as a table for spreadsheets; times as the exporter writes them, evidence in one cell. */
export function ledgerCsv(lines: readonly LedgerLine[]): string {
  return toCsv(
    header,
    lines.map((line) => [
      line.at,
      line.organization,
      line.device,
      line.deviceName,
      line.instance,
      line.action,
      line.reason,
      line.text,
      line.alert,
      line.downAt,
      line.until,
      line.actor,
      line.windowId,
      line.evidence.map(({ kind, at, source, ref }) => `${kind} ${at} ${source} ${ref}`).join('; '),
    ]),
  );
}
