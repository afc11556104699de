import React, { useCallback, useMemo } from 'react';
import { Stack } from '@grafana/ui';
import { useSearchParams } from 'react-router-dom';
import type { Query } from '../../../shared/api/types';
import { PageState } from '../../components/PageState';
import { ListHead } from '../../components/ListHead';
import { TextFilter } from '../../components/TextFilter';
import { TogglePill } from '../../components/TogglePill';
import { useExporter } from '../../context/AppContext';
import { useCursor } from '../../hooks/useCursor';
import { useOrganization } from '../../hooks/useOrganization';
import { useResource } from '../../hooks/useResource';
import { useChangeParams } from '../../hooks/useUrlParam';
import { isUpdateSort, UpdateTable } from './UpdateTable';

type UpdateQuery = Query<'/updates'>;
export const pageSize = 100;

const severities = ['critical', 'important', 'moderate', 'low', 'optional', 'unspecified'];
const statuses = ['missing', 'approved', 'installing', 'installed', 'failed', 'rejected', 'unknown'];

const pills = [
  ['Critical', 'severity', 'critical'],
  ['Important', 'severity', 'important'],
  ['Failed somewhere', 'status', 'failed'],
  ['Installed everywhere, too', 'open', 'false'],
] as const;

/** Of links; each is shown and can be taken away by itself. */
const givenFilters = [
  ['severity', 'Severity'],
  ['status', 'Somewhere'],
] as const;

/** What the URL asks for; words the exporter would refuse are left out. */
function queryFrom(search: URLSearchParams): UpdateQuery {
  const words = (name: string, known: readonly string[]) =>
    search
      .get(name)
      ?.split(',')
      .filter((word) => known.includes(word))
      .join(',') || undefined;
  const sort = search.get('sort');
  return {
    text: search.get('text')?.slice(0, 200) || undefined,
    severity: words('severity', severities),
    status: words('status', statuses),
    open: search.get('open') === 'false' ? 'false' : 'true',
    sort: isUpdateSort(sort) ? sort : 'severity',
  };
}

/** Open updates, the most severe first, and of these the oldest: what is past its time, or soon will be. */
export function UpdateList(): React.JSX.Element {
  const client = useExporter();
  const [organization] = useOrganization();
  const [search] = useSearchParams();
  const change = useChangeParams();
  const key = JSON.stringify({ ...queryFrom(search), organization });
  const query = useMemo(() => JSON.parse(key) as UpdateQuery, [key]);
  const pager = useCursor(key);
  const { cursor } = pager;
  const handle = useResource(
    useCallback(
      (signal: AbortSignal) => client.get('/updates', { query: { ...query, cursor, limit: pageSize }, signal }),
      [client, query, cursor],
    ),
    { refreshMs: 60_000, keepPrevious: true },
  );
  return (
    <Stack direction="column" gap={2}>
      <Stack gap={1} wrap="wrap" alignItems="center">
        <TextFilter label="Search updates" placeholder="KB number or title" />
        <div role="group" aria-label="Filters">
          <Stack gap={1} wrap="wrap">
            {pills.map(([label, name, value]) => {
              const isOn = search.get(name) === value;
              return (
                <TogglePill
                  key={label}
                  label={label}
                  selected={isOn}
                  onClick={() => change({ [name]: isOn ? undefined : value })}
                />
              );
            })}
            {givenFilters.map(([name, label]) => {
              const value = query[name];
              return value === undefined || pills.some((pill) => pill[1] === name && pill[2] === value) ? null : (
                <TogglePill
                  key={name}
                  label={`${label}: ${value.split(',').join(' or ')}`}
                  icon="times"
                  selected
                  onClick={() => change({ [name]: undefined })}
                />
              );
            })}
          </Stack>
        </div>
      </Stack>
      <PageState
        handle={handle}
        what="updates"
        empty="No update fits. Sources may say nothing about updates: a device without them counts as unknown, not as compliant."
        isEmpty={({ items }) => items.length === 0}
      >
        {({ items, total, nextCursor }) => (
          <Stack direction="column" gap={1}>
            <ListHead
              count={`${total.toLocaleString()} ${total === 1 ? 'update' : 'updates'}`}
              pager={pager}
              nextCursor={nextCursor}
              shown={items.length}
              pageSize={pageSize}
              total={total}
              busy={handle.busy}
            />
            <UpdateTable updates={items} sort={query.sort ?? 'severity'} onSort={(sort) => change({ sort })} />
          </Stack>
        )}
      </PageState>
    </Stack>
  );
}
