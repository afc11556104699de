import React, { useCallback } from 'react';
import { Stack } from '@grafana/ui';
import type { Source } from '../../../shared/api/types';
import { PageState } from '../../components/PageState';
import { useExporter } from '../../context/AppContext';
import { useResource } from '../../hooks/useResource';
import { SourceCard } from './SourceCard';

/** Every source with devices that the caller may see; short intervals, because a read in progress moves. */
export function SourceList(): React.JSX.Element {
  const client = useExporter();
  const handle = useResource(
    useCallback((signal: AbortSignal) => client.get('/sources', { signal }), [client]),
    { refreshMs: 10_000 },
  );
  return (
    <PageState
      handle={handle}
      what="sources"
      empty="No source yet. Name one under sources in the configuration of the exporter; until then nothing is known about patches, so everything pages."
      isEmpty={({ items }) => items.length === 0}
    >
      {({ items }) => (
        <Stack direction="column" gap={2}>
          {[...items].sort(worstFirst).map((source) => (
            <SourceCard key={source.id} source={source} />
          ))}
        </Stack>
      )}
    </PageState>
  );
}

/** Those that fail come first; otherwise the order is that of the exporter. */
function worstFirst(a: Source, b: Source): number {
  return Number(b.up === false) - Number(a.up === false);
}
