import { readFileSync } from 'node:fs';
import yaml from 'yaml';

/** A data source of the delivered provisioning. */
export interface ProvisionedSource {
  readonly name: string;
  readonly uid: string;
  readonly type: string;
  readonly isDefault?: boolean;
  readonly jsonData?: Readonly<Record<string, unknown>>;
}

interface ProvisionedApp {
  readonly type: string;
  readonly jsonData: Readonly<Record<string, unknown>>;
}

const folder = new URL('../../../../provisioning/grafana/', import.meta.url);

function read(name: string): Record<string, unknown> {
  return yaml.parse(readFileSync(new URL(name, folder), 'utf8')) as Record<string, unknown>;
}

const ours = 'patchhaven-fleet-datasource';

/** The two data sources the screens read, as we deliver them; addresses and secrets are the host's. */
export const provisionedSources = (
  read('datasources/patchhaven.yaml') as { readonly datasources: readonly ProvisionedSource[] }
).datasources.filter(({ type }) => type === ours || type === 'prometheus');

/** Settings of the app, as we deliver them. */
export function provisionedSettings(appId: string): Readonly<Record<string, unknown>> {
  const { apps } = read('plugins/patchhaven.yaml') as { readonly apps: readonly ProvisionedApp[] };
  return apps.find(({ type }) => type === appId)?.jsonData ?? {};
}
