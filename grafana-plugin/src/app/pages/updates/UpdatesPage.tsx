import React from 'react';
import { PluginPage } from '@grafana/runtime';
import { OrganizationPicker } from '../../components/OrganizationPicker';
import { useUrlParam } from '../../hooks/useUrlParam';
import { UpdateDetails } from './UpdateDetails';
import { UpdateList } from './UpdateList';

/** Which updates are open, since when, and where one of them hurts. */
export default function UpdatesPage(): React.JSX.Element {
  const [id] = useUrlParam('id');
  return (
    <PluginPage actions={<OrganizationPicker />}>
      {id === undefined ? <UpdateList /> : <UpdateDetails id={id} />}
    </PluginPage>
  );
}
