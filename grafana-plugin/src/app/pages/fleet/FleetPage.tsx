import React from 'react';
import { PluginPage } from '@grafana/runtime';

export default function FleetPage(): React.JSX.Element {
  return <PluginPage>{null}</PluginPage>;
}
