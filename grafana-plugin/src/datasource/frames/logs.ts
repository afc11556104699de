import { createDataFrame, type DataFrame, DataFrameType, FieldType } from '@grafana/data';
import type { LedgerLine } from '../../shared/api/types';
import { toMs } from '../../shared/format/time';
import type { FrameOptions } from './tables';

const levels: Record<LedgerLine['action'], string> = {
  planned: 'info',
  opened: 'info',
  extended: 'info',
  closed: 'info',
  refused: 'warning',
  verified: 'info',
  verification_failed: 'error',
  verification_skipped: 'warning',
};

/** The ledger as log lines: one sentence each, what it is about as labels. */
export function ledgerLogsFrame(lines: readonly LedgerLine[], { refId, name }: FrameOptions): DataFrame {
  const labelsOf = ({ organization, device, instance, action, reason, actor }: LedgerLine) => ({
    organization,
    device,
    instance,
    action,
    reason,
    actor,
  });
  return createDataFrame({
    refId,
    name,
    meta: { type: DataFrameType.LogLines, preferredVisualisationType: 'logs' },
    fields: [
      { name: 'timestamp', type: FieldType.time, values: lines.map(({ at }) => toMs(at)) },
      {
        name: 'body',
        type: FieldType.string,
        values: lines.map((line) => `${line.deviceName ?? line.device}: ${line.text}`),
      },
      { name: 'severity', type: FieldType.string, values: lines.map(({ action }) => levels[action] ?? 'info') },
      {
        name: 'id',
        type: FieldType.string,
        values: lines.map(({ device, at, action, reason }) => `${device}/${at}/${action}/${reason}`),
      },
      { name: 'labels', type: FieldType.other, values: lines.map(labelsOf) },
    ],
  });
}
