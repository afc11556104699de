import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Secret, secretOption } from '../connectors/secret.ts';
import { defaultPolicy } from '../domain/policy.ts';
import { loadConfig, parseConfig } from './load.ts';
import { ConfigError } from './problem.ts';

const demo = z.strictObject({
  url: z.string(),
  page_size: z.int().default(100),
  client_secret: secretOption.optional(),
});
const options = { sourceSchemas: { demo }, env: { DEMO_SECRET: 'from the environment', HOME: '/root' } };
const folder = new URL('../../test/config/', import.meta.url);

function problemsOf(file: string, text: string): readonly string[] {
  try {
    parseConfig(file, text, options);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

/** File → the exact line the user reads. */
const expected: Readonly<Record<string, string>> = {
  'budget-over-cap': '5:16 policy.budget.groups.Servers: 1h30m is more than the cap of 1h',
  'check-placeholder': '3:12 checks[0].query: {{host}} is not known: use {{instance}} and {{organization}}',
  'check-two-questions': '3:5 checks[0]: needs exactly one of template, services, query and rmm',
  'check-template':
    '3:15 checks[0].template: must be one of ad-dc, apache, docker, exchange, iis, mssql, mysql, nginx, postgres, sshd',
  'check-without-instance': '3:12 checks[0].query: must name the device by {{instance}}',
  'duplicate-key': '3:3 Map keys must be unique',
  duration: '2:18 policy.context_delay: "2 minutes" is not a duration such as 30s, 5m or 1h30m',
  'duration-number': '2:18 policy.context_delay: must be a duration such as 30s, 5m or 1h30m',
  'duration-range': '2:13 watcher.interval: 10m is outside 100ms to 1m',
  'grafana-organization-id': '4:22 api.grafana.organizations.main: must be a Grafana organization id',
  'group-empty-match': '3:12 groups[0].match: must name at least one thing to match',
  'lookup-too-slow':
    '2:19 watcher.lookup_timeout: interval and lookup_timeout together must be shorter than policy.context_delay',
  'map-twice': '4:15 identity.map["demo:2"]: "web01:9182" is mapped by "demo:1" too',
  'metrics-auth': '2:17 api.metrics_auth: must be one of required, open',
  'not-yaml': '2:1 Flow sequence in block collection must be sufficiently indented and end with a ]',
  'organization-claimed-twice': '5:38 organizations[1].sources.demo[0]: "7" belongs to "acme" already',
  'prometheus-twice': '3:13 prometheus[1].name: "main" is used twice',
  'prometheus-url': '3:10 prometheus[0].url: "localhost:9090" is not an http or https URL',
  'prometheus-url-missing': '2:5 prometheus[0].url: is required',
  'schedule-rule':
    '3:11 maintenance_schedules[0].rule: "FREQ=WEEKLY" must say the day, by one of BYDAY, BYMONTHDAY, BYYEARDAY',
  'schedule-too-long':
    '6:15 maintenance_schedules[0].duration: is longer than policy.maintenance.cap (4h): plan several windows',
  'schedule-zone': '5:16 maintenance_schedules[0].time_zone: is not an IANA time zone such as Europe/Berlin',
  'secret-both': '3:18 storage.password_file: give password or password_file, not both',
  'secret-env-unset': '2:13 storage.password: environment variable PATCHHAVEN_UNSET is not set',
  'secret-file-missing': '2:18 storage.password_file: cannot read secret file "no-such-file" (ENOENT)',
  'secret-inline': '3:13 storage.password: must be env:<VARIABLE>, or use password_file: secrets are not written here',
  'source-option': '6:7 sources[0].options.page_sise: unknown key, did you mean "page_size"?',
  'source-option-missing': '2:5 sources[0].options.url: is required',
  'source-reserved-id': '2:11 sources[0].id: is taken by the product itself',
  'source-secret-inline':
    '4:51 sources[0].options.client_secret: must be env:<VARIABLE>, or use client_secret_file: secrets are not written here',
  'source-twice': '3:11 sources[1].id: "a" is used twice',
  'source-type': '2:20 sources[0].type: "demos" is not a source type, did you mean "demo"?',
  'storage-password-in-url': '2:8 storage.url: must not hold a password: use password_file',
  'storage-url': '2:8 storage.url: must be sqlite:<file> or postgres://…',
  'template-field':
    '5:23 identity.templates.demo.instance: {{sysName}} is not known: use one of systemName, hostName, displayName, vendorId, ip',
  'template-source': '5:5 identity.templates.ninjas: no source has the id "ninjas", did you mean "ninja"?',
  'unknown-key': '2:3 watcher.intervall: unknown key, did you mean "interval"?',
  'unknown-section': '1:1 polices: unknown key, did you mean "policy"?',
  'webhook-secret-missing': '5:5 api.webhooks.a.secret: is required',
};

describe('loadConfig', () => {
  it('has an expectation for every faulty file', () => {
    const names = readdirSync(folder).map((file) => /^invalid-(.+)\.yaml$/.exec(file)?.[1] ?? file);
    expect(names.sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('refuses invalid-%s.yaml with one exact line', (name, message) => {
    const file = `invalid-${name}.yaml`;
    expect(problemsOf(file, readFileSync(new URL(file, folder), 'utf8'))).toEqual([`${file}:${message}`]);
  });

  it('lists all problems together, in the order of the file', () => {
    const text = 'watcher:\n  interval: often\nstorage:\n  urll: x\npolicy:\n  daily_cap: 90d\n';
    expect(problemsOf('p.yaml', text)).toEqual([
      'p.yaml:2:13 watcher.interval: "often" is not a duration such as 30s, 5m or 1h30m',
      'p.yaml:4:3 storage.urll: unknown key, did you mean "url"?',
      'p.yaml:6:14 policy.daily_cap: 90d is outside 1m to 24h',
    ]);
  });

  it('gives the promised policy for an empty file', () => {
    expect(parseConfig('empty.yaml', '', options).policy).toEqual(defaultPolicy);
  });

  it('takes an empty section for its defaults', () => {
    expect(parseConfig('p.yaml', 'watcher:\n', options).watcher.intervalSeconds).toBe(5);
  });

  it('does not expand variables in text', () => {
    const text = 'checks:\n  - { name: x, query: "up{instance=\\"{{instance}}\\",home=\\"${HOME}\\"}" }\n';
    expect(parseConfig('p.yaml', text, options).checks[0]?.question).toMatchObject({
      query: expect.stringContaining('${HOME}') as string,
    });
  });

  it('reads secrets of sources from file and environment, and hides them', () => {
    const dir = mkdtempSync(join(tmpdir(), 'patchhaven-config-'));
    writeFileSync(join(dir, 'token'), 'from the file\n');
    writeFileSync(
      join(dir, 'p.yaml'),
      `sources:
  - { id: a, type: demo, options: { url: u, client_secret_file: token } }
  - { id: b, type: demo, options: { url: u, client_secret: env:DEMO_SECRET } }
`,
    );
    const config = loadConfig(join(dir, 'p.yaml'), options);
    const secrets = config.sources.map((source) => (source.options as { client_secret: Secret }).client_secret);
    expect(secrets.map((secret) => secret.reveal())).toEqual(['from the file', 'from the environment']);
    expect(JSON.stringify(config)).not.toContain('from the');
  });

  it('says so when the file cannot be read', () => {
    expect(() => loadConfig('/no/such.yaml', options)).toThrow('/no/such.yaml:1:1 cannot be read (ENOENT)');
  });
});
