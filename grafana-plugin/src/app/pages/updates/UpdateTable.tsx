import React, { useMemo } from 'react';
import { Text, TextLink } from '@grafana/ui';
import type { Query, Update } from '../../../shared/api/types';
import { severityLooks } from '../../../shared/format/looks';
import { StateBadge } from '../../components/StateBadge';
import { type Column, Table } from '../../components/Table';
import { TimeAgo } from '../../components/Time';
import { type LinkTo, useLinks } from '../../hooks/useLinks';
import { missingCount } from './update-text';

type UpdateSort = NonNullable<Query<'/updates'>['sort']>;

/** Each order has one direction, what needs work first. */
const orders: Record<UpdateSort, 'asc' | 'desc'> = {
  oldest: 'asc',
  failed: 'desc',
  openDevices: 'desc',
  severity: 'desc',
};

export function isUpdateSort(word: string | null): word is UpdateSort {
  return word !== null && Object.hasOwn(orders, word);
}

interface Props {
  readonly updates: readonly Update[];
  readonly sort: UpdateSort;
  readonly onSort: (sort: UpdateSort) => void;
}

export function UpdateTable({ updates, sort, onSort }: Props): React.JSX.Element {
  const link = useLinks();
  const columns = useMemo(() => columnsOf(link), [link]);
  return (
    <Table
      label="Updates"
      columns={columns}
      rows={updates}
      rowKey={({ id }) => id}
      sorting={{ by: sort, order: orders[sort] }}
      onSort={({ by }) => isUpdateSort(by) && onSort(by)}
    />
  );
}

function columnsOf(link: LinkTo): Array<Column<Update>> {
  const count = (value: number) => (value === 0 ? <Text color="secondary">0</Text> : value.toLocaleString());
  return [
    {
      id: 'update',
      header: 'Update',
      cell: ({ id, title }) => (
        <>
          <TextLink href={link('updates', { id })}>{id}</TextLink>
          <Text element="p" variant="bodySmall" color="secondary">
            {title}
          </Text>
        </>
      ),
    },
    {
      id: 'severity',
      header: 'Severity',
      sort: 'desc',
      cell: ({ severity }) => <StateBadge look={severityLooks[severity]} />,
    },
    {
      id: 'oldest',
      header: 'Open since',
      sort: 'asc',
      cell: ({ oldestFirstSeenAt }) => (oldestFirstSeenAt === null ? '–' : <TimeAgo at={oldestFirstSeenAt} />),
    },
    { id: 'failed', header: 'Failed', align: 'right', sort: 'desc', cell: ({ devices }) => count(devices.failed ?? 0) },
    {
      id: 'missing',
      header: 'Missing or approved',
      align: 'right',
      cell: ({ devices }) => count(missingCount(devices)),
    },
    { id: 'unknown', header: 'Unknown', align: 'right', cell: ({ devices }) => count(devices.unknown ?? 0) },
    { id: 'installed', header: 'Installed', align: 'right', cell: ({ devices }) => count(devices.installed ?? 0) },
    {
      id: 'openDevices',
      header: 'Open on devices',
      align: 'right',
      sort: 'desc',
      cell: ({ openDevices }) => openDevices.toLocaleString(),
    },
  ];
}
