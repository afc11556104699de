import React, { useCallback, useState } from 'react';
import { Button, RadioButtonGroup, Stack, Text } from '@grafana/ui';
import type { ComplianceRow } from '../../../shared/api/types';
import { PageState } from '../../components/PageState';
import { useExporter } from '../../context/AppContext';
import { useOrganization } from '../../hooks/useOrganization';
import { useResource } from '../../hooks/useResource';
import { useUrlParam } from '../../hooks/useUrlParam';
import { ComplianceTable, type Place } from './ComplianceTable';

const places = [
  { value: 'organization', label: 'Organization' },
  { value: 'site', label: 'Site' },
  { value: 'group', label: 'Group' },
] satisfies Array<{ value: Place; label: string }>;

/** Rows shown before someone asks for all. */
const fewRows = 8;

/** Compliance by place, the worst place first. */
export function ComplianceOverview(): React.JSX.Element {
  const client = useExporter();
  const [organization] = useOrganization();
  const [wanted, setWanted] = useUrlParam('by');
  const by = places.find(({ value }) => value === wanted)?.value ?? 'organization';
  const handle = useResource(
    useCallback(
      (signal: AbortSignal) => client.get('/compliance', { query: { by, organization }, signal }),
      [client, by, organization],
    ),
    { refreshMs: 60_000, keepPrevious: true },
  );
  return (
    <section aria-label="Compliance">
      <Stack direction="column" gap={1}>
        <Stack justifyContent="space-between" alignItems="center" wrap="wrap">
          <Text element="h2" variant="h4">
            Compliance
          </Text>
          <RadioButtonGroup aria-label="By" options={places} value={by} onChange={setWanted} size="sm" />
        </Stack>
        <PageState
          handle={handle}
          what="compliance"
          empty="No devices yet: nothing is known to be compliant."
          isEmpty={({ rows }) => rows.length === 0}
        >
          {({ rows }) => <Rows rows={rows} by={by} />}
        </PageState>
      </Stack>
    </section>
  );
}

function Rows({ rows, by }: { readonly rows: readonly ComplianceRow[]; readonly by: Place }): React.JSX.Element {
  const [all, setAll] = useState(false);
  const sorted = [...rows].sort(worstFirst);
  const shown = all ? sorted : sorted.slice(0, fewRows);
  return (
    <Stack direction="column" gap={1} alignItems="stretch">
      <ComplianceTable rows={shown} by={by} />
      {sorted.length > fewRows && (
        <div>
          <Button size="sm" variant="secondary" fill="text" onClick={() => setAll(!all)}>
            {all ? 'Show the worst only' : `Show all ${sorted.length.toLocaleString()}`}
          </Button>
        </div>
      )}
    </Stack>
  );
}

/** By what is not known to be compliant: a place nobody knows about is not a good one. */
export function worstFirst(a: ComplianceRow, b: ComplianceRow): number {
  return b.nonCompliant - a.nonCompliant || b.unknown - a.unknown || b.devices - a.devices;
}
