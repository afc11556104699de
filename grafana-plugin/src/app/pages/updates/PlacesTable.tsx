import React, { useMemo } from 'react';
import { Stack, Text, TextLink } from '@grafana/ui';
import type { UpdateDetail } from '../../../shared/api/types';
import { type Column, Table } from '../../components/Table';
import { TimeAgo } from '../../components/Time';
import { type LinkTo, useLinks } from '../../hooks/useLinks';
import { missingCount, missingStatuses } from './update-text';

type Places = UpdateDetail['organizations'];
type Row = Places['rows'][number];
type By = 'organization' | 'site' | 'os';

interface Props {
  readonly update: string;
  readonly title: string;
  readonly places: Places;
  readonly by: By;
}

/** Where an update stands how; numbers lead to the devices. */
export function PlacesTable({ update, title, places, by }: Props): React.JSX.Element {
  const link = useLinks();
  const columns = useMemo(() => columnsOf(update, by, link), [update, by, link]);
  return (
    <section aria-label={title}>
      <Stack direction="column" gap={1}>
        <Text element="h3" variant="h5">
          {title}
        </Text>
        <Table
          label={title}
          even
          columns={columns}
          rows={places.rows}
          rowKey={({ organization, site, os }) => JSON.stringify([organization, site, os])}
        />
        {places.more > 0 && (
          <Text color="secondary" variant="bodySmall">
            {places.more.toLocaleString()} more with fewer open devices are not shown. Choose an organization to see
            them.
          </Text>
        )}
      </Stack>
    </section>
  );
}

function columnsOf(update: string, by: By, link: LinkTo): Array<Column<Row>> {
  const counted = (row: Row, count: number, patchStatus: string) =>
    count === 0 ? (
      <Text color="secondary">0</Text>
    ) : isNowhere(row, by) ? (
      count.toLocaleString()
    ) : (
      <TextLink href={link('fleet', { ...placeOf(row), patch: update, patchStatus })}>
        {count.toLocaleString()}
      </TextLink>
    );
  return [
    { id: by, header: headers[by], cell: (row) => nameOf(row, by) },
    {
      id: 'oldest',
      header: 'Open since',
      cell: ({ oldestFirstSeenAt }) => (oldestFirstSeenAt === null ? '–' : <TimeAgo at={oldestFirstSeenAt} />),
    },
    {
      id: 'failed',
      header: 'Failed',
      align: 'right',
      cell: (row) => counted(row, row.devices.failed ?? 0, 'failed'),
    },
    {
      id: 'missing',
      header: 'Missing or approved',
      align: 'right',
      cell: (row) => counted(row, missingCount(row.devices), missingStatuses),
    },
    {
      id: 'unknown',
      header: 'Unknown',
      align: 'right',
      cell: (row) => counted(row, row.devices.unknown ?? 0, 'unknown'),
    },
    {
      id: 'installed',
      header: 'Installed',
      align: 'right',
      cell: (row) => counted(row, row.devices.installed ?? 0, 'installed'),
    },
  ];
}

const headers: Record<By, string> = { organization: 'Organization', site: 'Site', os: 'Operating system' };

function nameOf({ organization, site, os }: Row, by: By): string {
  if (by === 'site') {
    return `${organization ?? ''} / ${site ?? 'no site'}`;
  }
  return by === 'os' ? (os ?? 'Unknown system') : (organization ?? '');
}

/** "No site" and "unknown system" cannot be asked for. */
function isNowhere(row: Row, by: By): boolean {
  return row[by] === null;
}

function placeOf({ organization, site, os }: Row) {
  return {
    ...(organization !== null && { organization }),
    ...(site !== null && { site }),
    ...(os !== null && { os }),
  };
}
