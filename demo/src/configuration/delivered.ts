import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../../', import.meta.url);

function read(file: string): string {
  return readFileSync(new URL(file, root), 'utf8');
}

/** The files as users get them. The demo changes addresses, secrets and times in them, and nothing else. */
export const delivered = {
  rules: (): string[] =>
    readdirSync(new URL('alert-rules/rules/', root))
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => read(`alert-rules/rules/${name}`)),
  alertmanager: (): string => read('alert-rules/alertmanager/alertmanager.yml'),
  template: (): string => read('alert-rules/alertmanager/patchhaven.tmpl'),
  prometheus: (): string => read('provisioning/prometheus/prometheus.yml'),
  exporter: (): string => read('provisioning/patchhaven/patchhaven.yaml'),
};
