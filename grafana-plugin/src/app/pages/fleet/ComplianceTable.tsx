import React, { useMemo } from 'react';
import { TextLink } from '@grafana/ui';
import type { ComplianceRow } from '../../../shared/api/types';
import { ShareBar } from '../../components/ShareBar';
import { type Column, Table } from '../../components/Table';
import { type LinkTo, useLinks } from '../../hooks/useLinks';
import { CountWithAge } from './CountWithAge';

export type Place = 'organization' | 'site' | 'group';

/** One row per place; each number leads to the devices behind it. */
export function ComplianceTable({
  rows,
  by,
}: {
  readonly rows: readonly ComplianceRow[];
  readonly by: Place;
}): React.JSX.Element {
  const link = useLinks();
  const columns = useMemo(() => columnsOf(by, link), [by, link]);
  return (
    <Table
      label={`Compliance by ${by}`}
      columns={columns}
      rows={rows}
      rowKey={({ organization, site, group }) => JSON.stringify([organization, site, group])}
    />
  );
}

function columnsOf(by: Place, link: LinkTo): Array<Column<ComplianceRow>> {
  const counts: Array<Column<ComplianceRow>> = [
    { id: 'compliance', header: 'Compliance', cell: (row) => <ShareBar counts={row} /> },
    { id: 'devices', header: 'Devices', align: 'right', cell: ({ devices }) => devices.toLocaleString() },
    {
      id: 'missingCritical',
      header: 'Missing critical',
      align: 'right',
      cell: (row) => (
        <CountWithAge
          count={row.missingCritical}
          since={row.oldestMissingCriticalAt}
          which="oldest"
          href={link('fleet', {
            ...placeOf(row),
            missingCritical: 'true',
            sort: 'oldestMissingCriticalAt',
          })}
        />
      ),
    },
    {
      id: 'failed',
      header: 'Failed',
      align: 'right',
      cell: (row) => (
        <CountWithAge
          count={row.failed}
          href={link('fleet', { ...placeOf(row), failed: 'true', sort: 'lastFailureAt', order: 'desc' })}
        />
      ),
    },
    {
      id: 'rebootPending',
      header: 'Waiting for restart',
      align: 'right',
      cell: (row) => (
        <CountWithAge
          count={row.rebootPending}
          since={row.oldestRebootPendingAt}
          which="oldest"
          href={link('fleet', { ...placeOf(row), rebootPending: 'true', sort: 'rebootPendingSince' })}
        />
      ),
    },
  ];
  const organization: Column<ComplianceRow> = {
    id: 'organization',
    header: 'Organization',
    cell: (row) =>
      by === 'organization' ? (
        <TextLink href={link('fleet', placeOf(row))} inline={false}>
          {row.organization}
        </TextLink>
      ) : (
        row.organization
      ),
  };
  if (by === 'organization') {
    return [organization, ...counts];
  }
  const place: Column<ComplianceRow> = {
    id: by,
    header: by === 'site' ? 'Site' : 'Group',
    cell: (row) => {
      const name = row[by];
      // The exporter has no filter for "in no place", so these rows lead nowhere.
      return name === null ? (
        `No ${by}`
      ) : (
        <TextLink href={link('fleet', placeOf(row))} inline={false}>
          {name}
        </TextLink>
      );
    },
  };
  return [place, organization, ...counts];
}

function placeOf({ organization, site, group }: ComplianceRow) {
  return { organization, ...(site !== null && { site }), ...(group !== null && { group }) };
}
