import React from 'react';
import { PluginPage } from '@grafana/runtime';
import { Stack, Tab, TabContent, TabsBar } from '@grafana/ui';
import { useUrlParam } from '../../hooks/useUrlParam';
import { OrganizationPicker } from '../../components/OrganizationPicker';
import { SourceList } from './SourceList';
import { UnmatchedList } from './UnmatchedList';

export type SourcesTab = 'sources' | 'unmatched';

/** Where the data comes from, how fresh it is, and which devices Prometheus does not know. */
export default function SourcesPage({
  initialTab = 'sources',
}: {
  readonly initialTab?: SourcesTab;
}): React.JSX.Element {
  const [wanted, setTab] = useUrlParam('tab');
  const tab: SourcesTab = wanted === 'sources' || wanted === 'unmatched' ? wanted : initialTab;
  return (
    <PluginPage
      // The address of the unmatched devices is not in Grafana's menu, so it has no title of its own.
      {...(initialTab === 'unmatched' && { pageNav: { text: 'Sources' } })}
      actions={tab === 'unmatched' ? <OrganizationPicker /> : undefined}
    >
      <Stack direction="column" gap={2}>
        <TabsBar>
          <Tab label="Sources" active={tab === 'sources'} onChangeTab={() => setTab('sources')} />
          <Tab label="Not matched" active={tab === 'unmatched'} onChangeTab={() => setTab('unmatched')} />
        </TabsBar>
        <TabContent>{tab === 'sources' ? <SourceList /> : <UnmatchedList />}</TabContent>
      </Stack>
    </PluginPage>
  );
}
