import React, { useCallback, useMemo, useState } from 'react';
import { Alert, Button, Stack, Text, TextLink } from '@grafana/ui';
import type { Device } from '../../../shared/api/types';
import { ambiguityText } from '../../../shared/format/identity';
import { identityLooks } from '../../../shared/format/looks';
import { PageState } from '../../components/PageState';
import { ListHead } from '../../components/ListHead';
import { StateBadge } from '../../components/StateBadge';
import { type Column, Table } from '../../components/Table';
import { TextFilter } from '../../components/TextFilter';
import { TogglePill } from '../../components/TogglePill';
import { useExporter } from '../../context/AppContext';
import { useCursor } from '../../hooks/useCursor';
import { type LinkTo, useLinks } from '../../hooks/useLinks';
import { useOrganization } from '../../hooks/useOrganization';
import type { Permission } from '../../hooks/permission';
import { usePermission } from '../../hooks/usePermission';
import { useResource } from '../../hooks/useResource';
import { useUrlParam } from '../../hooks/useUrlParam';
import { MapDialog } from './MapDialog';

const pageSize = 50;

/** Devices that no alert can be tied to, with a hand to tie them. */
export function UnmatchedList(): React.JSX.Element {
  const client = useExporter();
  const [organization] = useOrganization();
  const [source, setSource] = useUrlParam('source');
  const [text] = useUrlParam('text');
  const pager = useCursor(JSON.stringify([organization, source, text]));
  const { cursor } = pager;
  const handle = useResource(
    useCallback(
      (signal: AbortSignal) =>
        client.get('/devices', {
          query: { identity: 'unmatched,ambiguous', organization, source, text, cursor, limit: pageSize },
          signal,
        }),
      [client, organization, source, text, cursor],
    ),
    { refreshMs: 60_000, keepPrevious: true },
  );
  const [chosen, setChosen] = useState<Device>();
  const permission = usePermission();
  const link = useLinks();
  const columns = useMemo(() => columnsOf(link, permission, setChosen), [link, permission]);
  return (
    <Stack direction="column" gap={2}>
      <Alert title="Not matched means: always pages" severity="info" bottomSpacing={0}>
        Patchhaven mutes an alert only when it knows for certain which device it is about. These devices fit no instance
        in Prometheus, or more than one, so nothing of theirs is ever muted, not even the restart after a patch.
      </Alert>
      {permission.why !== undefined && <Text color="secondary">{permission.why}</Text>}
      <Stack gap={1} wrap="wrap" alignItems="center">
        <TextFilter label="Search devices" placeholder="Name, host name or id" />
        {source !== undefined && (
          <TogglePill label={`Source: ${source}`} icon="times" selected onClick={() => setSource(undefined)} />
        )}
      </Stack>
      <PageState
        handle={handle}
        what="devices"
        empty="Every device here is matched to one instance."
        isEmpty={({ items }) => items.length === 0}
      >
        {({ items, total, nextCursor }) => (
          <Stack direction="column" gap={1}>
            <ListHead
              count={`${total.toLocaleString()} without a match`}
              pager={pager}
              nextCursor={nextCursor}
              shown={items.length}
              pageSize={pageSize}
              total={total}
              busy={handle.busy}
            />
            <Table label="Devices without a match" columns={columns} rows={items} rowKey={({ id }) => id} />
          </Stack>
        )}
      </PageState>
      {chosen !== undefined && (
        <MapDialog key={chosen.id} device={chosen} onClose={() => setChosen(undefined)} onMapped={handle.reload} />
      )}
    </Stack>
  );
}

function columnsOf(link: LinkTo, permission: Permission, choose: (device: Device) => void): Array<Column<Device>> {
  return [
    {
      id: 'name',
      header: 'Device',
      cell: ({ id, name }) => <TextLink href={link('device', { id })}>{name}</TextLink>,
    },
    { id: 'organization', header: 'Organization', whole: true, cell: ({ organization }) => organization },
    { id: 'source', header: 'Source', cell: ({ source }) => source },
    {
      id: 'why',
      header: 'Why',
      cell: ({ id, identity }) => (
        <>
          <StateBadge look={identityLooks[identity.status]} />
          {identity.status === 'ambiguous' && (
            <Text element="p" variant="bodySmall" color="secondary">
              {ambiguityText(id, identity.candidates)}
            </Text>
          )}
        </>
      ),
    },
    {
      id: 'match',
      header: 'By hand',
      cell: (device) => (
        <Button
          size="sm"
          variant="secondary"
          disabled={!permission.canOperate}
          tooltip={permission.why}
          aria-label={`Match ${device.name}`}
          onClick={() => choose(device)}
        >
          Match …
        </Button>
      ),
    },
  ];
}
