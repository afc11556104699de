import React from 'react';
import { PluginPage } from '@grafana/runtime';

export type SourcesTab = 'sources' | 'unmatched';

export default function SourcesPage(_props: { readonly initialTab?: SourcesTab }): React.JSX.Element {
  return <PluginPage>{null}</PluginPage>;
}
