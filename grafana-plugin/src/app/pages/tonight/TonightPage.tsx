import React from 'react';
import { PluginPage } from '@grafana/runtime';

export default function TonightPage(): React.JSX.Element {
  return <PluginPage>{null}</PluginPage>;
}
