import type { TargetFlavour } from '../../../testbed/src/index.ts';

/** One machine of the story: what the RMM calls it, what Prometheus scrapes, and the service its check looks at. */
export interface Host {
  readonly name: string;
  readonly flavour: TargetFlavour;
  readonly service: string;
}

export const hosts = {
  web: { name: 'web-01', flavour: 'windows', service: 'W3SVC' },
  db: { name: 'db-01', flavour: 'windows', service: 'MSSQLSERVER' },
  mail: { name: 'mail-01', flavour: 'node', service: 'postfix.service' },
  app: { name: 'app-01', flavour: 'node', service: 'nginx.service' },
  file: { name: 'file-01', flavour: 'windows', service: 'LanmanServer' },
  cache: { name: 'cache-01', flavour: 'node', service: 'redis.service' },
} as const satisfies Record<string, Host>;

export const everyHost: readonly Host[] = Object.values(hosts);

export const organization = { key: 'larkspur', name: 'Larkspur Dental' };

/** As the exporter's delivered template names it. */
export function instanceOf(host: Host): string {
  return `${host.name}:9100`;
}

/** The health check of a machine: its one service runs. */
export function checkOf({ name, flavour, service }: Host) {
  const [metric, state] =
    flavour === 'windows' ? ['windows_service_state', 'running'] : ['node_systemd_unit_state', 'active'];
  const short = service.replace(/\.service$/, '');
  return {
    name: short,
    query: `${metric}{organization="{{organization}}", instance="{{instance}}", name="${service}", state="${state}"}`,
    devices: [name],
  };
}
