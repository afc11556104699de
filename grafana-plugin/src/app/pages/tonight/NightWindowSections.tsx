import React from 'react';
import type { PatchWindow } from '../../../shared/api/types';
import { actorText } from '../../../shared/format/actor';
import { checkLooks, outcomeLooks } from '../../../shared/format/looks';
import { StateBadge } from '../../components/StateBadge';
import type { Column } from '../../components/Table';
import { EndsIn, TimeAgo } from '../../components/Time';
import { Words } from '../../components/Words';
import { deviceColumn, NightSection, organizationColumn, useCancelColumn } from './NightSection';
import type { NightWindows } from './tonight-model';

interface Props {
  readonly windows: NightWindows;
  readonly onDone: (said: string) => void;
}

/** The windows of the night, worst first. */
export function NightWindowSections({ windows, onDone }: Props): React.JSX.Element {
  const cancel = useCancelColumn(onDone);
  const { overdue, unhealthy, quiet, checking, maintenance } = windows;
  const rowKey = ({ id }: PatchWindow) => id;
  return (
    <>
      <NightSection
        part="overdue"
        description="Not back when their time ran out. Each of them has paged."
        none="No device is overdue."
        rows={overdue}
        columns={overdueColumns}
        rowKey={rowKey}
      />
      <NightSection
        part="unhealthy"
        description="Back, but not well. Each of them has paged."
        none="No check failed."
        rows={unhealthy}
        columns={unhealthyColumns}
        rowKey={rowKey}
      />
      <NightSection
        part="quiet"
        description="Down, explained by a patch, and muted until the time shown and no longer."
        none="No device is muted now: each outage pages."
        rows={quiet}
        columns={[...quietColumns, ...cancel]}
        rowKey={rowKey}
      />
      {checking.length > 0 && (
        <NightSection
          part="checking"
          description="Back in time; their checks are running. A check that fails pages."
          none=""
          rows={checking}
          columns={checkingColumns}
          rowKey={rowKey}
        />
      )}
      {maintenance.length > 0 && (
        <NightSection
          part="maintenance"
          description="Alerts that were opted in are paused. Outages page."
          none=""
          rows={maintenance}
          columns={[...maintenanceColumns, ...cancel]}
          rowKey={rowKey}
        />
      )}
    </>
  );
}

type WindowColumn = Column<PatchWindow>;

const patches: WindowColumn = {
  id: 'patches',
  header: 'Updates',
  cell: (window) => window.patches.map(({ id }) => id).join(', ') || '–',
};
const cause: WindowColumn = {
  id: 'cause',
  header: 'Why',
  prose: true,
  cell: (window) => <Words text={window.cause} near={window.openedAt} />,
};
const ends: WindowColumn = {
  id: 'left',
  header: 'Ends in',
  cell: (window) => <EndsIn at={window.endsAt} />,
};
const down: WindowColumn = {
  id: 'down',
  header: 'Down since',
  cell: ({ downAt, openedAt }) => <TimeAgo at={downAt ?? openedAt} />,
};

const overdueColumns: readonly WindowColumn[] = [
  deviceColumn,
  organizationColumn,
  {
    id: 'outcome',
    header: 'State',
    cell: ({ outcome }) => <StateBadge look={outcome === 'capped' ? outcomeLooks.capped : outcomeLooks.overdue} />,
  },
  { id: 'ended', header: 'Ran out', cell: ({ closedAt, endsAt }) => <TimeAgo at={closedAt ?? endsAt} /> },
  down,
  patches,
  cause,
];

const unhealthyColumns: readonly WindowColumn[] = [
  deviceColumn,
  organizationColumn,
  {
    id: 'checks',
    header: 'Checks',
    prose: true,
    cell: ({ verification }) => <FailedChecks checks={verification?.checks ?? []} />,
  },
  {
    id: 'ended',
    header: 'Since',
    cell: ({ verification, endsAt }) => <TimeAgo at={verification?.endedAt ?? verification?.startedAt ?? endsAt} />,
  },
  patches,
];

const quietColumns: readonly WindowColumn[] = [deviceColumn, organizationColumn, ends, down, patches, cause];

const checkingColumns: readonly WindowColumn[] = [
  deviceColumn,
  organizationColumn,
  {
    id: 'settles',
    header: 'Judged in',
    cell: ({ verification }) => (verification === null ? '–' : <EndsIn at={verification.settlesAt} />),
  },
  patches,
];

const maintenanceColumns: readonly WindowColumn[] = [
  deviceColumn,
  organizationColumn,
  ends,
  { id: 'owner', header: 'Opened by', cell: ({ owner }) => actorText(owner) },
  cause,
];

type Checks = NonNullable<PatchWindow['verification']>['checks'];

function FailedChecks({ checks }: { readonly checks: Checks }): React.JSX.Element {
  const failed = checks.filter(({ result }) => result !== 'passed');
  if (failed.length === 0) {
    return <>Every check passes by now.</>;
  }
  return (
    <ul style={{ margin: 0, listStyle: 'none' }}>
      {failed.map(({ check, result, detail }) => (
        <li key={check}>
          <StateBadge look={checkLooks[result]} /> {check}
          {detail !== checkLooks[result].text.toLowerCase() && `: ${detail}`}
        </li>
      ))}
    </ul>
  );
}
