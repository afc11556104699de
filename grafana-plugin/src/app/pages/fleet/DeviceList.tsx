import React, { useCallback, useMemo } from 'react';
import { Stack, Text } from '@grafana/ui';
import { useSearchParams } from 'react-router-dom';
import { ExporterError } from '../../../shared/api/exporter-error';
import { PageState } from '../../components/PageState';
import { ListHead } from '../../components/ListHead';
import { useExporter } from '../../context/AppContext';
import { useCursor } from '../../hooks/useCursor';
import { useResource } from '../../hooks/useResource';
import { useChangeParams } from '../../hooks/useUrlParam';
import { CsvButton } from './CsvButton';
import { DeviceFilters } from './DeviceFilters';
import { DeviceTable } from './DeviceTable';
import { filterNames, filtersFrom, sortingFrom } from './filters';

export const pageSize = 100;

/** The devices that fit the filters of the URL, read page by page. */
export function DeviceList(): React.JSX.Element {
  const client = useExporter();
  const [search] = useSearchParams();
  const key = JSON.stringify(filtersFrom(search));
  const query = useMemo(() => JSON.parse(key) as ReturnType<typeof filtersFrom>, [key]);
  const pager = useCursor(key);
  const { cursor, first } = pager;
  const handle = useResource(
    useCallback(
      async (signal: AbortSignal) => {
        try {
          return await client.get('/devices', { query: { ...query, cursor, limit: pageSize }, signal });
        } catch (error) {
          // The exporter was restarted since: the list starts anew instead of ending here.
          if (error instanceof ExporterError && error.kind === 'invalid_cursor') {
            first();
          }
          throw error;
        }
      },
      [client, query, cursor, first],
    ),
    { refreshMs: 60_000, keepPrevious: true },
  );
  const change = useChangeParams();
  const { sort, order } = sortingFrom(search);
  return (
    <section aria-label="Device list">
      <Stack direction="column" gap={2}>
        <Stack justifyContent="space-between" alignItems="center" wrap="wrap">
          <Text element="h2" variant="h4">
            Devices
          </Text>
          <CsvButton query={query} />
        </Stack>
        <DeviceFilters />
        <PageState
          handle={handle}
          what="devices"
          empty={
            filterNames.some((name) => search.get(name))
              ? 'No device fits. Take a filter away to see more.'
              : 'No devices yet. They appear when a source was read.'
          }
          isEmpty={({ items }) => items.length === 0}
        >
          {({ items, total, nextCursor }) => (
            <Stack direction="column" gap={1}>
              <ListHead
                count={`${total.toLocaleString()} ${total === 1 ? 'device' : 'devices'}`}
                pager={pager}
                nextCursor={nextCursor}
                shown={items.length}
                pageSize={pageSize}
                total={total}
                busy={handle.busy}
              />
              <DeviceTable
                devices={items}
                sorting={{ by: sort, order }}
                onSort={(next) => change({ sort: next.by, order: next.order })}
              />
            </Stack>
          )}
        </PageState>
      </Stack>
    </section>
  );
}
