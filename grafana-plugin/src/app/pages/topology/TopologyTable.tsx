import React, { useMemo } from 'react';
import { Button, IconButton, Stack, Text } from '@grafana/ui';
import { StateBadge } from '../../components/StateBadge';
import { type Column, Table } from '../../components/Table';
import { layout, type Placed } from './layout';
import { NodeLink } from './NodeLink';
import { nodeLook } from './node-state';
import type { TopologyNode } from './tree';
import type { TopologyHandle } from './useTopology';

/** The same tree as rows. */
export function TopologyTable({ topology }: { readonly topology: TopologyHandle }): React.JSX.Element {
  const columns = useMemo(() => columnsOf(topology), [topology]);
  return <Table label="Topology" columns={columns} rows={layout(topology.trees, topology)} rowKey={({ id }) => id} />;
}

function columnsOf({ toggle, showAll, opened }: TopologyHandle): Array<Column<Placed>> {
  const count = (header: string, of: (node: TopologyNode) => number): Column<Placed> => ({
    id: header,
    header,
    align: 'right',
    cell: (row) => (row.kind === 'node' ? <Count node={row.node} count={of(row.node)} /> : ''),
  });
  return [
    {
      id: 'name',
      header: 'Name',
      cell: (row) => (
        <div style={{ paddingLeft: `${row.level * 24}px` }}>
          {row.kind === 'more' ? (
            <Button size="sm" variant="secondary" fill="text" onClick={() => showAll(row.parent)}>
              {`Show ${row.hidden.toLocaleString()} more`}
            </Button>
          ) : (
            <Stack gap={0.5} alignItems="center">
              {row.expanded !== undefined && (
                <IconButton
                  name={row.expanded ? 'angle-down' : 'angle-right'}
                  aria-label={`${row.expanded ? 'Close' : 'Open'} ${row.node.name}`}
                  aria-expanded={row.expanded}
                  onClick={() => toggle(row.node)}
                />
              )}
              <NodeLink node={row.node} />
              {opened.get(row.id)?.status === 'reading' && <span role="status">reading …</span>}
            </Stack>
          )}
        </div>
      ),
    },
    { id: 'state', header: 'State', cell: (row) => row.kind === 'node' && <StateBadge look={nodeLook(row.node)} /> },
    count('Devices', ({ kind, devices }) => (kind === 'device' ? 0 : devices)),
    count('Compliant', ({ compliant }) => compliant),
    count('Not compliant', ({ nonCompliant }) => nonCompliant),
    count('Unknown', ({ unknown }) => unknown),
    count('Failed', ({ failed }) => failed),
    count('Waiting for restart', ({ rebootPending }) => rebootPending),
    count('Quiet', ({ quiet }) => quiet),
  ];
}

/** Of one device there is nothing to count: it is so or not. */
function Count({ node, count }: { readonly node: TopologyNode; readonly count: number }): React.JSX.Element | null {
  if (node.kind === 'device') {
    return count === 0 ? null : <>yes</>;
  }
  return count === 0 ? <Text color="secondary">0</Text> : <>{count.toLocaleString()}</>;
}
