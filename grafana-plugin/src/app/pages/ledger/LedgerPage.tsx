import React from 'react';
import { PluginPage } from '@grafana/runtime';

export default function LedgerPage(): React.JSX.Element {
  return <PluginPage>{null}</PluginPage>;
}
