import React, { useCallback, useState } from 'react';
import { PluginPage } from '@grafana/runtime';
import { Alert, Stack, Text } from '@grafana/ui';
import type { Pages } from '../../../shared/api/pages';
import type { LedgerLine } from '../../../shared/api/types';
import { actorText } from '../../../shared/format/actor';
import { OpenWindow } from '../../actions/OpenWindow';
import { OrganizationPicker } from '../../components/OrganizationPicker';
import { PageState } from '../../components/PageState';
import { type Column } from '../../components/Table';
import { Moment, TimeAgo } from '../../components/Time';
import { Words } from '../../components/Words';
import { useClock } from '../../hooks/useClock';
import type { ResourceHandle } from '../../hooks/useResource';
import { usePermission } from '../../hooks/usePermission';
import { deviceColumn, NightSection, organizationColumn } from './NightSection';
import { NightWindowSections } from './NightWindowSections';
import { commonFailure } from './common-failure';
import { CommonFailure } from './CommonFailure';
import { NightGlance } from './NightGlance';
import { SourcesBanner } from './SourcesBanner';
import { comingPlans, type NightWindows, notMuted, type Plan, sortWindows } from './tonight-model';
import { useTonight } from './useTonight';
import { WatcherBanner } from './WatcherBanner';

/** What is quiet now and why, what is overdue or unhealthy, what was not muted, and what comes next. */
export default function TonightPage(): React.JSX.Element {
  const { windows, decisions, plans, sources, reload } = useTonight();
  const nowMs = useClock(5_000);
  const { canOperate, why } = usePermission();
  const [said, setSaid] = useState<string>();
  const done = useCallback(
    (sentence: string) => {
      setSaid(sentence);
      reload();
    },
    [reload],
  );
  const handles = [windows, decisions, plans, sources];
  const failure = commonFailure(handles.map(({ resource }) => resource));
  const quiet = failure !== undefined;
  // Each part as far as it is known: none waits for the others.
  const known = knownItems(windows);
  const night = sortWindows(known ?? [], nowMs);
  const unmuted = notMuted(knownItems(decisions) ?? [], night.overdue);
  const coming = comingPlans(knownItems(plans) ?? [], night.planned, nowMs);
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
      {quiet ? (
        <CommonFailure failure={failure} busy={handles.some(({ busy }) => busy)} onRetry={reload} />
      ) : (
        <>
          <WatcherBanner />
          <SourcesBanner sources={sources} />
        </>
      )}
      <NightGlance
        counts={{
          ...(known !== undefined && windowCounts(night)),
          ...(knownItems(decisions) !== undefined && { notMuted: unmuted.length }),
          ...(knownItems(plans) !== undefined && { planned: coming.length }),
        }}
      />
      <PageState handle={windows} what="the windows of tonight" quiet={quiet}>
        {({ items, isCut }) => (
          <>
            {isCut && <Cut shown={items.length} what="windows" />}
            <NightWindowSections windows={night} onDone={done} />
          </>
        )}
      </PageState>
      <PageState handle={decisions} what="the decisions of tonight" quiet={quiet}>
        {({ items, isCut }) => (
          <>
            {isCut && <Cut shown={items.length} what="decisions" />}
            <NightSection
              part="notMuted"
              description="Outages that Patchhaven looked at and left to page, and why."
              none="No outage was refused a quiet window in the last 12 hours."
              rows={unmuted}
              columns={refusedColumns}
              rowKey={(line) => `${line.device} ${line.at} ${line.reason}`}
            />
          </>
        )}
      </PageState>
      <PageState handle={plans} what="what is planned" quiet={quiet}>
        {() => (
          <NightSection
            part="planned"
            description="Maintenance that has been announced. Nothing is muted before it begins."
            none="Nothing is planned."
            rows={coming}
            columns={planColumns}
            rowKey={({ id, device }) => `${id} ${device}`}
          />
        )}
      </PageState>
      {!canOperate && why !== undefined && !quiet && (
        <Text color="secondary" variant="bodySmall">
          {why}
        </Text>
      )}
    </PluginPage>
  );
}

function knownItems<T>({ resource }: ResourceHandle<Pages<T>>): readonly T[] | undefined {
  return resource.status === 'ready' || resource.status === 'stale' ? resource.data.items : undefined;
}

function windowCounts({ overdue, unhealthy, quiet, checking, maintenance }: NightWindows) {
  return {
    overdue: overdue.length,
    unhealthy: unhealthy.length,
    quiet: quiet.length,
    checking: checking.length,
    maintenance: maintenance.length,
  };
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
