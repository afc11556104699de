import React, { useCallback } from 'react';
import type { Order } from '../../../shared/api/types';
import { actorText } from '../../../shared/format/actor';
import { orderLooks } from '../../../shared/format/looks';
import { toSentence } from '../../../shared/format/sentence';
import { isOpen, orderWords } from '../../actions/order-model';
import { PageState } from '../../components/PageState';
import { StateBadge } from '../../components/StateBadge';
import { type Column, Table } from '../../components/Table';
import { Moment } from '../../components/Time';
import { Words } from '../../components/Words';
import { useExporter } from '../../context/AppContext';
import { useResource } from '../../hooks/useResource';

const soonMs = 5_000;
const laterMs = 30_000;

interface Read {
  readonly items: readonly Order[];
}

/** Soon while it is not known what became of one. */
function refreshMs(read: Read | undefined): number {
  return read?.items.some((order) => isOpen(order, Date.now())) === true ? soonMs : laterMs;
}

/** What was ordered from the source, newest first: who, why, and what became of it. */
export function OrdersTab({ device, round }: { readonly device: string; readonly round: number }): React.JSX.Element {
  const client = useExporter();
  const handle = useResource<Read & { readonly round: number }>(
    useCallback(
      async (signal: AbortSignal) => {
        const { items } = await client.get('/devices/{id}/orders', { path: { id: device }, signal });
        return { items, round };
      },
      [client, device, round],
    ),
    { refreshMs, keepPrevious: true },
  );
  return (
    <PageState
      handle={handle}
      what="the orders"
      isEmpty={({ items }) => items.length === 0}
      empty="Nothing was ordered for this device. Restarts and scripts that somebody orders from its source stand here."
    >
      {({ items }) => <Table label="Orders" columns={columns} rows={items} rowKey={({ id }) => id} />}
    </PageState>
  );
}

const columns: ReadonlyArray<Column<Order>> = [
  { id: 'what', header: 'What', cell: (order) => orderWords(order) },
  { id: 'state', header: 'State', cell: ({ state }) => <StateBadge look={orderLooks[state]} /> },
  {
    id: 'text',
    header: 'In words',
    prose: true,
    cell: ({ text, placedAt }) => <Words text={toSentence(text)} near={placedAt} />,
  },
  { id: 'reason', header: 'Reason', prose: true, cell: ({ reason }) => reason },
  { id: 'owner', header: 'By', cell: ({ owner }) => <span title={owner}>{actorText(owner)}</span> },
  { id: 'at', header: 'When', cell: ({ placedAt }) => <Moment at={placedAt} /> },
];
