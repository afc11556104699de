import React, { useCallback } from 'react';
import { Text } from '@grafana/ui';
import type { Explanation } from '../../../shared/api/types';
import { evidenceKindTexts, evidenceVerdictLooks, ruleStateLooks } from '../../../shared/format/looks';
import { PageState } from '../../components/PageState';
import { Section } from '../../components/Section';
import { StateBadge } from '../../components/StateBadge';
import { type Column, Table } from '../../components/Table';
import { Moment } from '../../components/Time';
import { Words } from '../../components/Words';
import { useExporter } from '../../context/AppContext';
import { useResource } from '../../hooks/useResource';

const refreshMs = 15_000;

/** The exporter's own words: what would happen now and why, each piece of evidence judged, and the rules' states. */
export function ExplainTab({ device, round }: { readonly device: string; readonly round: number }): React.JSX.Element {
  const client = useExporter();
  const handle = useResource(
    useCallback(
      async (signal: AbortSignal) => {
        const explanation = await client.get('/devices/{id}/explain', { path: { id: device }, signal });
        return { explanation, round };
      },
      [client, device, round],
    ),
    { refreshMs, keepPrevious: true },
  );
  return (
    <PageState handle={handle} what="the explanation">
      {({ explanation }) => <Explained explanation={explanation} />}
    </PageState>
  );
}

function Explained({ explanation }: { readonly explanation: Explanation }): React.JSX.Element {
  const { summary, at, evidence, rules, decision } = explanation;
  return (
    <>
      <Section title={headings[decision.action]}>
        <Text element="p" variant="h5">
          <Words text={summary} near={at} />
        </Text>
        <Text color="secondary" variant="bodySmall">
          As of <Moment at={at} />.
          {decision.until !== null && (
            <>
              {' '}
              At the longest until <Moment at={decision.until} near={at} />.
            </>
          )}
        </Text>
      </Section>
      <Section title="Evidence" description="What is known that could explain an outage, and whether it holds.">
        {evidence.length === 0 ? (
          <Text color="secondary">Nothing says that this device is being patched: an outage pages.</Text>
        ) : (
          <Table
            label="Evidence"
            columns={evidenceColumns}
            rows={evidence}
            rowKey={({ evidence: { ref, kind } }) => `${kind} ${ref}`}
          />
        )}
      </Section>
      <Section title="Alerts" description="What Prometheus says of this device right now.">
        {rules.length === 0 ? (
          <Text color="secondary">No alert of this device is active.</Text>
        ) : (
          <Table label="Alerts" columns={ruleColumns} rows={rules} rowKey={({ alert, text }) => `${alert} ${text}`} />
        )}
      </Section>
    </>
  );
}

const headings: Record<Explanation['decision']['action'], string> = {
  open: 'An outage now would be muted',
  keep: 'It is muted',
  close: 'Its window is ending',
  refuse: 'An outage pages',
  none: 'Nothing is ever muted',
};

const evidenceColumns: ReadonlyArray<Column<Explanation['evidence'][number]>> = [
  { id: 'kind', header: 'What', cell: ({ evidence }) => evidenceKindTexts[evidence.kind] },
  { id: 'verdict', header: 'Verdict', cell: ({ verdict }) => <StateBadge look={evidenceVerdictLooks[verdict]} /> },
  { id: 'text', header: 'In words', prose: true, cell: ({ text }) => <Words text={text} /> },
  { id: 'at', header: 'At', cell: ({ evidence }) => <Moment at={evidence.at} /> },
  { id: 'until', header: 'Valid until', cell: ({ evidence }) => <Moment at={evidence.validUntil} /> },
  { id: 'source', header: 'From', cell: ({ evidence }) => <span title={evidence.ref}>{evidence.source}</span> },
];

const ruleColumns: ReadonlyArray<Column<Explanation['rules'][number]>> = [
  { id: 'alert', header: 'Alert', cell: ({ alert }) => alert || 'Prometheus' },
  { id: 'state', header: 'State', cell: ({ state }) => <StateBadge look={ruleStateLooks[state]} /> },
  { id: 'since', header: 'Since', cell: ({ since }) => (since === null ? '–' : <Moment at={since} />) },
  { id: 'text', header: 'In words', prose: true, cell: ({ text }) => <Words text={text} /> },
];
