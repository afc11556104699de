import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { PluginPage } from '@grafana/runtime';
import { RadioButtonGroup, Stack, useStyles2 } from '@grafana/ui';
import { OrganizationPicker } from '../../components/OrganizationPicker';
import { PageState } from '../../components/PageState';
import { useOrganization } from '../../hooks/useOrganization';
import { useUrlParam } from '../../hooks/useUrlParam';
import { CompliancePanel } from './CompliancePanel';
import { TopologyGraph } from './TopologyGraph';
import { TopologyTable } from './TopologyTable';
import { useTopology } from './useTopology';

const views = [
  { value: 'graph', label: 'Graph' },
  { value: 'table', label: 'Table' },
];

/** The fleet as organizations, sites, hosts and what runs on them, beside how patched each place is. */
export default function TopologyPage(): React.JSX.Element {
  const [organization] = useOrganization();
  // Another organization is another tree: what was opened in the one before does not carry over.
  return <TopologyOf key={organization ?? ''} organization={organization} />;
}

function TopologyOf({ organization }: { readonly organization: string | undefined }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const [wanted, setView] = useUrlParam('view');
  const topology = useTopology(organization);
  const View = wanted === 'table' ? TopologyTable : TopologyGraph;
  const failures = [...topology.opened.entries()].flatMap(([id, { message }]) =>
    message === undefined ? [] : [{ id, message }],
  );
  return (
    <PluginPage actions={<OrganizationPicker />}>
      <div className={styles.columns}>
        <section aria-label="Organizations, sites and devices">
          <Stack direction="column" gap={1}>
            <div>
              <RadioButtonGroup
                aria-label="Show as"
                size="sm"
                options={views}
                value={wanted === 'table' ? 'table' : 'graph'}
                onChange={setView}
              />
            </div>
            {failures.map(({ id, message }) => (
              <div key={id} role="alert">
                Could not read the devices of {nameOf(id)}: {message}
              </div>
            ))}
            <PageState
              handle={topology.places}
              what="topology"
              empty="No devices yet. They appear when a source was read."
              isEmpty={({ nodes }) => nodes.length === 0}
            >
              {() => <View topology={topology} />}
            </PageState>
          </Stack>
        </section>
        <CompliancePanel organization={organization} />
      </div>
    </PluginPage>
  );
}

/** `site/["acme","Berlin"]` → `acme Berlin`. */
function nameOf(id: string): string {
  return id
    .replace(/^\w+\//, '')
    .replace(/[[\]"]/g, '')
    .replace(',', ' ');
}

const getStyles = (theme: GrafanaTheme2) => ({
  columns: css({
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 2fr) minmax(280px, 1fr)',
    gap: theme.spacing(3),
    alignItems: 'start',
    [theme.breakpoints.down('lg')]: { gridTemplateColumns: 'minmax(0, 1fr)' },
  }),
});
