import React, { useMemo, useState } from 'react';
import { EmptyState, Stack } from '@grafana/ui';
import type { DeviceDetail } from '../../../shared/api/types';
import { patchStatusLooks, severityLooks } from '../../../shared/format/looks';
import { StateBadge } from '../../components/StateBadge';
import { type Column, Table } from '../../components/Table';
import { Moment } from '../../components/Time';
import { TogglePill } from '../../components/TogglePill';
import { type DevicePatch, sortPatches } from './sort-patches';

/** Every update the source knows of this device. */
export function PatchesTab({ patches }: Pick<DeviceDetail, 'patches'>): React.JSX.Element {
  const [status, setStatus] = useState<DevicePatch['status']>();
  const sorted = useMemo(() => sortPatches(patches ?? []), [patches]);
  if (patches === null) {
    return (
      <EmptyState variant="not-found" hideImage message="Its source says nothing about updates">
        Unknown is not the same as none: this device counts as unknown, never as compliant.
      </EmptyState>
    );
  }
  if (patches.length === 0) {
    return <EmptyState variant="completed" hideImage message="Its source knows of no updates for this device" />;
  }
  const found = [...new Set(sorted.map((patch) => patch.status))];
  return (
    <Stack direction="column" gap={1} alignItems="stretch">
      <div role="group" aria-label="Status">
        <Stack gap={1} wrap="wrap">
          {found.map((one) => (
            <TogglePill
              key={one}
              label={`${patchStatusLooks[one].text} (${sorted.filter((patch) => patch.status === one).length})`}
              selected={status === one}
              onClick={() => setStatus(status === one ? undefined : one)}
            />
          ))}
        </Stack>
      </div>
      <Table
        label="Updates"
        columns={columns}
        rows={status === undefined ? sorted : sorted.filter((patch) => patch.status === status)}
        rowKey={({ id, kind }) => `${id} ${kind}`}
      />
    </Stack>
  );
}

const columns: ReadonlyArray<Column<DevicePatch>> = [
  { id: 'id', header: 'Update', cell: ({ id }) => id },
  { id: 'title', header: 'Title', cell: ({ id, title }) => (title === id ? '–' : title) },
  { id: 'status', header: 'Status', cell: ({ status }) => <StateBadge look={patchStatusLooks[status]} /> },
  { id: 'severity', header: 'Severity', cell: ({ severity }) => <StateBadge look={severityLooks[severity]} /> },
  {
    id: 'seen',
    header: 'Known since',
    cell: ({ firstSeenAt }) => (firstSeenAt === null ? '–' : <Moment at={firstSeenAt} />),
  },
  {
    id: 'installed',
    header: 'Installed or tried',
    cell: ({ installedAt }) => (installedAt === null ? '–' : <Moment at={installedAt} />),
  },
];
