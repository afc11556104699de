import React, { useCallback, useMemo } from 'react';
import { Stack, Text, TextLink } from '@grafana/ui';
import type { ComplianceRow } from '../../../shared/api/types';
import { PageState } from '../../components/PageState';
import { ShareBar } from '../../components/ShareBar';
import { type Column, Table } from '../../components/Table';
import { useExporter } from '../../context/AppContext';
import { useLinks } from '../../hooks/useLinks';
import { useResource } from '../../hooks/useResource';

/** Rows beside the graph; the Fleet page has all. */
const maxRows = 8;

/** How patched the places of the graph are: organizations, or the sites of the one that is chosen. */
export function CompliancePanel({ organization }: { readonly organization: string | undefined }): React.JSX.Element {
  const client = useExporter();
  const link = useLinks();
  const by = organization === undefined ? 'organization' : 'site';
  const handle = useResource(
    useCallback(
      (signal: AbortSignal) => client.get('/compliance', { query: { by, organization }, signal }),
      [client, by, organization],
    ),
    { refreshMs: 60_000 },
  );
  const columns = useMemo<Array<Column<ComplianceRow>>>(
    () => [
      {
        id: by,
        header: by === 'site' ? 'Site' : 'Organization',
        cell: (row) =>
          by === 'site' && row.site === null ? (
            'No site'
          ) : (
            <TextLink
              href={link('fleet', { organization: row.organization, ...(row.site !== null && { site: row.site }) })}
            >
              {row.site ?? row.organization}
            </TextLink>
          ),
      },
      { id: 'compliance', header: 'Compliance', cell: (row) => <ShareBar counts={row} /> },
    ],
    [by, link],
  );
  return (
    <section aria-label="Compliance">
      <Stack direction="column" gap={1}>
        <Text element="h2" variant="h4">
          Compliance
        </Text>
        <PageState handle={handle} what="compliance">
          {({ rows }) => (
            <>
              <Table
                label={`Compliance by ${by}`}
                columns={columns}
                rows={[...rows]
                  .sort((a, b) => b.nonCompliant + b.unknown - a.nonCompliant - a.unknown)
                  .slice(0, maxRows)}
                rowKey={(row) => JSON.stringify([row.organization, row.site])}
              />
              {rows.length > maxRows && (
                <TextLink href={link('fleet', {})}>{`All ${rows.length.toLocaleString()} on the Fleet page`}</TextLink>
              )}
            </>
          )}
        </PageState>
      </Stack>
    </section>
  );
}
