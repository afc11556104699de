import React, { useMemo } from 'react';
import { Text, TextLink } from '@grafana/ui';
import type { Device } from '../../../shared/api/types';
import { complianceLooks, identityLooks } from '../../../shared/format/looks';
import { toSentence } from '../../../shared/format/sentence';
import { StateBadge } from '../../components/StateBadge';
import { type Column, type Sorting, Table } from '../../components/Table';
import { TimeAgo } from '../../components/Time';
import { type LinkTo, useLinks } from '../../hooks/useLinks';
import { CountWithAge } from './CountWithAge';

interface Props {
  readonly devices: readonly Device[];
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
}

export function DeviceTable({ devices, sorting, onSort }: Props): React.JSX.Element {
  const link = useLinks();
  const columns = useMemo(() => columnsOf(link), [link]);
  return (
    <Table label="Devices" columns={columns} rows={devices} rowKey={({ id }) => id} sorting={sorting} onSort={onSort} />
  );
}

function columnsOf(link: LinkTo): Array<Column<Device>> {
  return [
    {
      id: 'name',
      header: 'Device',
      sort: 'asc',
      cell: (device) => (
        <>
          <TextLink href={link('device', { id: device.id })}>{device.name}</TextLink>
          <Text element="p" variant="bodySmall" color="secondary">
            {device.os?.name ?? 'Unknown system'}
          </Text>
          {device.identity.status !== 'matched' && (
            <StateBadge look={identityLooks[device.identity.status]} title="Not matched: its alerts always page." />
          )}
        </>
      ),
    },
    { id: 'organization', header: 'Organization', sort: 'asc', whole: true, cell: ({ organization }) => organization },
    { id: 'site', header: 'Site', sort: 'asc', whole: true, cell: ({ site }) => site ?? '–' },
    {
      id: 'compliance',
      header: 'Compliance',
      sort: 'asc',
      prose: true,
      cell: (device) => <Compliance device={device} />,
    },
    {
      id: 'oldestMissingCriticalAt',
      header: 'Missing critical',
      align: 'right',
      sort: 'asc',
      cell: (device) => <CountWithAge count={device.missingCritical} since={device.oldestMissingCriticalAt} />,
    },
    {
      id: 'lastFailureAt',
      header: 'Failed',
      align: 'right',
      sort: 'desc',
      cell: (device) => <CountWithAge count={device.failed} since={device.lastFailureAt} />,
    },
    {
      id: 'rebootPendingSince',
      header: 'Waiting for restart',
      sort: 'asc',
      cell: (device) => <Waiting device={device} />,
    },
    {
      id: 'lastInstallAt',
      header: 'Last install',
      sort: 'desc',
      cell: ({ lastInstall }) => (lastInstall === null ? '–' : <TimeAgo at={lastInstall.at} />),
    },
    {
      id: 'lastSeenAt',
      header: 'Last seen',
      sort: 'asc',
      cell: ({ lastSeenAt }) => (lastSeenAt === null ? 'unknown' : <TimeAgo at={lastSeenAt} />),
    },
  ];
}

function Compliance({ device }: { readonly device: Device }): React.JSX.Element {
  const { verdict, reasons } = device.compliance;
  return (
    <>
      <StateBadge look={complianceLooks[verdict]} />
      {reasons.length > 0 && (
        <Text element="p" variant="bodySmall" color="secondary">
          {toSentence(reasons.join(', '))}
        </Text>
      )}
    </>
  );
}

function Waiting({ device }: { readonly device: Device }): React.JSX.Element {
  const { rebootPending, rebootPendingSince } = device;
  if (rebootPending === null) {
    return <Text color="secondary">unknown</Text>;
  }
  if (!rebootPending) {
    return <Text color="secondary">no</Text>;
  }
  return rebootPendingSince === null ? <>yes</> : <TimeAgo at={rebootPendingSince} />;
}
