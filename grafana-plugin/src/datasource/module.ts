import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './components/ConfigEditor';
import { QueryEditor } from './components/QueryEditor';
import { PatchhavenDataSource } from './datasource';
import type { PatchhavenOptions, PatchhavenQuery, PatchhavenSecrets } from './query';

export const plugin = new DataSourcePlugin<PatchhavenDataSource, PatchhavenQuery, PatchhavenOptions, PatchhavenSecrets>(
  PatchhavenDataSource,
)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor);
