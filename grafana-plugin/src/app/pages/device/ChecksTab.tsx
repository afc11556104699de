import React, { useCallback } from 'react';
import { Stack, Text } from '@grafana/ui';
import type { DeviceDetail, PatchWindow } from '../../../shared/api/types';
import { checkLooks, verificationLooks } from '../../../shared/format/looks';
import { PageState } from '../../components/PageState';
import { Section } from '../../components/Section';
import { StateBadge } from '../../components/StateBadge';
import { type Column, Table } from '../../components/Table';
import { Moment } from '../../components/Time';
import { Words } from '../../components/Words';
import { useExporter } from '../../context/AppContext';
import { useResource } from '../../hooks/useResource';

const shown = 20;
const refreshMs = 15_000;
type Verification = NonNullable<PatchWindow['verification']>;

/** What was checked after each reboot, newest first. */
export function ChecksTab({ device }: { readonly device: Pick<DeviceDetail, 'id'> }): React.JSX.Element {
  const client = useExporter();
  const { id } = device;
  const handle = useResource(
    useCallback(
      async (signal: AbortSignal) => {
        const query = { device: id, kind: 'quiet' as const, limit: 100 };
        const { items } = await client.get('/windows', { query, signal });
        return items.filter(({ verification }) => verification !== null).slice(0, shown);
      },
      [client, id],
    ),
    { refreshMs },
  );
  return (
    <PageState
      handle={handle}
      what="the checks"
      isEmpty={(windows) => windows.length === 0}
      empty="This device was not checked after a reboot yet. Checks run when it comes back from a quiet window."
    >
      {(windows) => windows.map((window) => <Verified key={window.id} window={window} />)}
    </PageState>
  );
}

function Verified({ window: { verification, cause } }: { readonly window: PatchWindow }): React.JSX.Element | null {
  if (verification === null) {
    return null;
  }
  const { verdict, startedAt, endedAt, checks } = verification;
  return (
    <Section
      title={
        <>
          After <Words text={cause} near={startedAt} />
        </>
      }
    >
      <Stack direction="column" gap={1} alignItems="stretch">
        <Stack gap={1} alignItems="center">
          <StateBadge look={verificationLooks[verdict]} />
          <span>
            From <Moment at={startedAt} />
            {endedAt !== null && (
              <>
                {' '}
                to <Moment at={endedAt} />
              </>
            )}
          </span>
        </Stack>
        {checks.length === 0 ? (
          <Text color="secondary">No check is configured for this device.</Text>
        ) : (
          <Table label="Checks" columns={columns} rows={checks} rowKey={({ check }) => check} />
        )}
      </Stack>
    </Section>
  );
}

const columns: ReadonlyArray<Column<Verification['checks'][number]>> = [
  { id: 'check', header: 'Check', cell: ({ check }) => check },
  { id: 'result', header: 'Result', cell: ({ result }) => <StateBadge look={checkLooks[result]} /> },
  { id: 'detail', header: 'What it said', cell: ({ detail }) => detail },
  { id: 'at', header: 'At', cell: ({ at }) => <Moment at={at} /> },
];
