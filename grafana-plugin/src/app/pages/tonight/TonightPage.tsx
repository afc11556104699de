import React, { useCallback, useState } from 'react';
import { PluginPage } from '@grafana/runtime';
import { Alert, Stack, Text } from '@grafana/ui';
import type { LedgerLine } from '../../../shared/api/types';
import { actorText } from '../../../shared/format/actor';
import { OpenWindow } from '../../actions/OpenWindow';
import { OrganizationPicker } from '../../components/OrganizationPicker';
import { PageState } from '../../components/PageState';
import { type Column } from '../../components/Table';
import { Moment, TimeAgo } from '../../components/Time';
import { Words } from '../../components/Words';
import { useClock } from '../../hooks/useClock';
import { usePermission } from '../../hooks/usePermission';
import { deviceColumn, NightSection, organizationColumn } from './NightSection';
import { NightWindowSections } from './NightWindowSections';
import { SourcesBanner } from './SourcesBanner';
import { comingPlans, type NightWindows, notMuted, type Plan, sortWindows } from './tonight-model';
import { useTonight } from './useTonight';
import { WatcherBanner } from './WatcherBanner';

/** What is quiet now and why, what is overdue or unhealthy, what was not muted, and what comes next. */
export default function TonightPage(): React.JSX.Element {
  const tonight = useTonight();
  const nowMs = useClock(5_000);
  const { canOperate, why } = usePermission();
  const [said, setSaid] = useState<string>();
  const { reload } = tonight;
  const done = useCallback(
    (sentence: string) => {
      setSaid(sentence);
      reload();
    },
    [reload],
  );
  return (
    <PluginPage
      subTitle="The last 12 hours and what comes next, renewed every 15 seconds."
      actions={
        <Stack gap={1} wrap="wrap">
          <OrganizationPicker />
          {canOperate && <OpenWindow onDone={done} />}
        </Stack>
      }
    >
      {said !== undefined && (
        <Alert severity="success" title="Done" onRemove={() => setSaid(undefined)}>
          {said}
        </Alert>
      )}
      <WatcherBanner status={tonight.status} />
      <SourcesBanner sources={tonight.sources} />
      <PageState handle={tonight.windows} what="the windows of tonight">
        {({ items, isCut }) => (
          <>
            {isCut && <Cut shown={items.length} what="windows" />}
            <NightWindowSections windows={sortWindows(items, nowMs)} onDone={done} />
          </>
        )}
      </PageState>
      <PageState handle={tonight.decisions} what="the decisions of tonight">
        {({ items, isCut }) => (
          <>
            {isCut && <Cut shown={items.length} what="decisions" />}
            <NightSection
              title="Not muted"
              description="Outages that Patchhaven looked at and left to page, and why."
              none="No outage was refused a quiet window in the last 12 hours."
              rows={notMuted(items, nightOf(tonight, nowMs).overdue)}
              columns={refusedColumns}
              rowKey={(line) => `${line.device} ${line.at} ${line.reason}`}
            />
          </>
        )}
      </PageState>
      <PageState handle={tonight.plans} what="what is planned">
        {({ items }) => (
          <NightSection
            title="Planned next"
            description="Maintenance that has been announced. Nothing is muted before it begins."
            none="Nothing is planned."
            rows={comingPlans(items, nightOf(tonight, nowMs).planned, nowMs)}
            columns={planColumns}
            rowKey={({ id, device }) => `${id} ${device}`}
          />
        )}
      </PageState>
      {!canOperate && why !== undefined && (
        <Text color="secondary" variant="bodySmall">
          {why}
        </Text>
      )}
    </PluginPage>
  );
}

/** Windows as far as they are known: the other parts of the page do not wait for them. */
function nightOf({ windows: { resource } }: ReturnType<typeof useTonight>, nowMs: number): NightWindows {
  const isKnown = resource.status === 'ready' || resource.status === 'stale';
  return sortWindows(isKnown ? resource.data.items : [], nowMs);
}

function Cut({ shown, what }: { readonly shown: number; readonly what: string }): React.JSX.Element {
  return (
    <Alert severity="info" title={`Only the newest ${shown.toLocaleString()} ${what} are shown`}>
      Narrow the page to one organization to see the rest.
    </Alert>
  );
}

const refusedColumns: ReadonlyArray<Column<LedgerLine>> = [
  deviceColumn,
  organizationColumn,
  { id: 'at', header: 'When', cell: ({ at }) => <TimeAgo at={at} /> },
  { id: 'alert', header: 'Alert', cell: ({ alert }) => alert ?? '–' },
  { id: 'text', header: 'Why it was not muted', prose: true, cell: ({ at, text }) => <Words text={text} near={at} /> },
];

const planColumns: ReadonlyArray<Column<Plan>> = [
  deviceColumn,
  organizationColumn,
  { id: 'start', header: 'From', cell: ({ start }) => <Moment at={start} /> },
  { id: 'end', header: 'Until', cell: ({ end }) => <Moment at={end} /> },
  { id: 'reason', header: 'Reason', cell: ({ reason }) => reason },
  { id: 'owner', header: 'Planned by', cell: ({ owner }) => actorText(owner) },
];
