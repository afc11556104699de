import React, { useCallback } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Stack, Text, TextLink, useStyles2 } from '@grafana/ui';
import type { LedgerLine, Query } from '../../shared/api/types';
import { actorText } from '../../shared/format/actor';
import { evidenceKindTexts, ledgerLooks } from '../../shared/format/looks';
import { useExporter } from '../context/AppContext';
import { useCursor } from '../hooks/useCursor';
import { useLinks } from '../hooks/useLinks';
import { type QuerySpan, toQuerySpan } from '../hooks/query-span';
import type { RawSpan } from '../hooks/time-span';
import { useResource } from '../hooks/useResource';
import { useTimeZone } from '../hooks/useTimeZone';
import { DeviceLink } from './DeviceLink';
import { PageState } from './PageState';
import { PageTurner } from './PageTurner';
import { StateBadge } from './StateBadge';
import { type Column, Table } from './Table';
import { Moment } from './Time';
import { Words } from './Words';

const pageSize = 100;
const refreshMs = 30_000;

export type LedgerFilter = Pick<Query<'/ledger'>, 'organization' | 'device' | 'action' | 'windowId'>;

export interface LedgerListProps {
  readonly filter: LedgerFilter;
  readonly span: RawSpan;
  /** On the page of one device its name is left out. */
  readonly ofOneDevice?: boolean;
  /** Another number reads the list anew. */
  readonly round?: number;
}

/** What was decided, newest first: each mute, each refusal, each end, with its reason and evidence. */
export function LedgerList({ filter, span, ofOneDevice = false, round = 0 }: LedgerListProps): React.JSX.Element {
  const client = useExporter();
  const timeZone = useTimeZone();
  const { organization, device, action, windowId } = filter;
  const key = JSON.stringify([organization, device, action, windowId, span, round]);
  const pager = useCursor(key);
  const { cursor } = pager;
  const handle = useResource(
    useCallback(
      (signal: AbortSignal) => {
        const [given, at]: [LedgerFilter, QuerySpan] = [ledgerFilter(key), toQuerySpan(span, timeZone)];
        return client.get('/ledger', { query: { ...given, ...at, cursor, limit: pageSize }, signal });
      },
      [client, key, span, timeZone, cursor],
    ),
    { keepPrevious: true, ...(pager.page === 1 && { refreshMs }) },
  );
  return (
    <PageState
      handle={handle}
      what="the ledger"
      empty="Nothing was decided in this time. Widen the time span or the filters."
      isEmpty={({ items }) => items.length === 0 && pager.page === 1}
    >
      {({ items, nextCursor }) => (
        <Stack direction="column" gap={1} alignItems="stretch">
          <Table
            label="Ledger"
            columns={ofOneDevice ? columns.filter(({ id }) => id !== 'device') : columns}
            rows={items}
            rowKey={(line) => `${line.at} ${line.device} ${line.action} ${line.reason} ${line.windowId ?? ''}`}
          />
          <PageTurner
            pager={pager}
            nextCursor={nextCursor}
            shown={items.length}
            pageSize={pageSize}
            busy={handle.busy}
          />
        </Stack>
      )}
    </PageState>
  );
}

function ledgerFilter(key: string): LedgerFilter {
  const [organization, device, action, windowId] = JSON.parse(key) as Array<string | undefined>;
  return {
    ...(organization && { organization }),
    ...(device && { device }),
    ...(action && { action }),
    ...(windowId && { windowId }),
  };
}

const columns: ReadonlyArray<Column<LedgerLine>> = [
  { id: 'at', header: 'When', cell: ({ at }) => <Moment at={at} /> },
  { id: 'device', header: 'Device', cell: (line) => <Whose line={line} /> },
  { id: 'action', header: 'What', cell: ({ action }) => <StateBadge look={ledgerLooks[action]} /> },
  { id: 'text', header: 'Why', prose: true, cell: (line) => <Reason line={line} /> },
  { id: 'until', header: 'Until', cell: ({ at, until }) => (until === null ? '–' : <Moment at={until} near={at} />) },
  { id: 'actor', header: 'By', cell: ({ actor }) => <span title={actor}>{actorText(actor)}</span> },
];

function Whose({ line }: { readonly line: LedgerLine }): React.JSX.Element {
  return (
    // Room for most names of organizations in one line; longer ones are broken.
    <div style={{ minWidth: 130 }}>
      <DeviceLink of={line} tab="ledger" />
      <Text element="p" color="secondary" variant="bodySmall">
        {line.organization}
      </Text>
    </div>
  );
}

function Reason({ line }: { readonly line: LedgerLine }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const linkTo = useLinks();
  const { at, text, reason, evidence, alert, windowId } = line;
  return (
    <>
      <div className={styles.text}>
        <Words text={text} near={at} />
      </div>
      <details className={styles.details}>
        <summary>
          {evidence.length === 0
            ? 'More'
            : `${evidence.length === 1 ? '1 piece' : `${evidence.length} pieces`} of evidence`}
        </summary>
        <ul className={styles.list}>
          {evidence.map((piece) => (
            <li key={`${piece.source} ${piece.ref} ${piece.kind}`}>
              {evidenceKindTexts[piece.kind]} at <Moment at={piece.at} near={at} />, from {piece.source}
              {piece.patches.length > 0 && `: ${piece.patches.map(({ id }) => id).join(', ')}`}
            </li>
          ))}
          {alert !== null && <li>Alert: {alert}</li>}
          <li>
            Reason in the metrics: <code>{reason}</code>
          </li>
          {windowId !== null && (
            <li>
              <TextLink href={linkTo('ledger', { windowId })} inline>
                All about this window
              </TextLink>
            </li>
          )}
        </ul>
      </details>
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  text: css({ maxWidth: '70ch' }),
  details: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  list: css({ margin: theme.spacing(0.5, 0, 0, 2) }),
});
