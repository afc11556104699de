import React from 'react';
import { PluginPage } from '@grafana/runtime';
import { Stack } from '@grafana/ui';
import { OrganizationPicker } from '../../components/OrganizationPicker';
import { ComplianceOverview } from './ComplianceOverview';
import { DeviceList } from './DeviceList';

/** How patched the fleet is, and every device of it. */
export default function FleetPage(): React.JSX.Element {
  return (
    <PluginPage actions={<OrganizationPicker />}>
      <Stack direction="column" gap={4}>
        <ComplianceOverview />
        <DeviceList />
      </Stack>
    </PluginPage>
  );
}
