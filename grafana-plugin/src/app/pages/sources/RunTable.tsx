import React, { useCallback } from 'react';
import type { Run } from '../../../shared/api/types';
import { formatDuration } from '../../../shared/format/duration';
import { toSentence } from '../../../shared/format/sentence';
import type { Look } from '../../../shared/format/looks';
import { toMs } from '../../../shared/format/time';
import { PageState } from '../../components/PageState';
import { StateBadge } from '../../components/StateBadge';
import { type Column, Table } from '../../components/Table';
import { Moment } from '../../components/Time';
import { useExporter } from '../../context/AppContext';
import { useResource } from '../../hooks/useResource';
import { countText, errorSentence, runKinds } from './source-words';

const good: Look = { text: 'Read', icon: 'check-circle', tone: 'good' };
const bad: Look = { text: 'Failed', icon: 'times-circle', tone: 'bad' };

/** What the last reads of a source came to; failures are kept longer than successes. */
export function RunTable({ source }: { readonly source: string }): React.JSX.Element {
  const client = useExporter();
  const handle = useResource(
    useCallback(
      (signal: AbortSignal) => client.get('/sources/{source}/runs', { path: { source }, query: { limit: 50 }, signal }),
      [client, source],
    ),
    { refreshMs: 30_000 },
  );
  return (
    <PageState handle={handle} what="reads" empty="No read has ended yet." isEmpty={({ items }) => items.length === 0}>
      {({ items }) => (
        <Table
          label={`Recent reads of ${source}`}
          columns={columns}
          rows={items.map((run, index) => ({ ...run, index }))}
          // Two short reads may have the same times.
          rowKey={({ index }) => String(index)}
        />
      )}
    </PageState>
  );
}

const columns: Array<Column<Run>> = [
  { id: 'at', header: 'Ended', cell: ({ endedAt }) => <Moment at={endedAt} /> },
  { id: 'kind', header: 'Read', cell: ({ kind }) => runKinds[kind] },
  { id: 'result', header: 'Result', cell: ({ ok }) => <StateBadge look={ok ? good : bad} /> },
  {
    id: 'took',
    header: 'Took',
    align: 'right',
    cell: ({ startedAt, endedAt }) => {
      const ms = toMs(endedAt) - toMs(startedAt);
      return ms < 1000 ? `${ms} ms` : formatDuration(ms);
    },
  },
  { id: 'devices', header: 'Devices', align: 'right', cell: ({ devices }) => devices?.toLocaleString() ?? '–' },
  { id: 'events', header: 'Events', align: 'right', cell: ({ events }) => events?.toLocaleString() ?? '–' },
  { id: 'notes', header: 'Notes', prose: true, cell: notesOf },
];

function notesOf({ reason, message, dropped, unknownWords }: Run): string {
  const left = countText(dropped);
  const words = countText(unknownWords);
  return [
    reason === null ? '' : errorSentence(reason),
    message === null ? '' : toSentence(message),
    left === '' ? '' : `Left out: ${left}.`,
    words === '' ? '' : `Words we do not know: ${words}.`,
  ]
    .filter((note) => note !== '')
    .join(' ');
}
