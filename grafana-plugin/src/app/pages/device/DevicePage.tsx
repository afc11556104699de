import React from 'react';
import { PluginPage } from '@grafana/runtime';

export default function DevicePage(): React.JSX.Element {
  return <PluginPage>{null}</PluginPage>;
}
