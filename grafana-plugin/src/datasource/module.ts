import { DataSourcePlugin } from '@grafana/data';
import { PatchhavenDataSource } from './datasource';

export const plugin = new DataSourcePlugin(PatchhavenDataSource);
