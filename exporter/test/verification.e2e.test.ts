import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  startPrometheus,
  startTarget,
  eventually,
  type DeviceTarget,
  type PrometheusServer,
} from '../../testbed/src/index.ts';
import { missing, stateQuery, steadyQuery, toRunning } from '../src/checks/baseline.ts';
import { promqlFor } from '../src/checks/check.ts';
import { checkTemplates } from '../src/checks/templates.ts';
import { createPrometheusClient, type PrometheusClient } from '../src/watcher/prometheus-client.ts';

/** A machine of each system, a real Prometheus that scrapes them, and services that do not come back. */
let linux: DeviceTarget;
let windows: DeviceTarget;
let server: PrometheusServer;
let client: PrometheusClient;
let before: number;

const owner = (target: DeviceTarget) => ({
  instance: new URL(target.url).host,
  organization: 'acme',
  organizationLabel: 'organization',
});
const running = async (target: DeviceTarget, query: typeof steadyQuery, at?: number) =>
  (await client.query(query(owner(target)), at)).flatMap(({ labels, value }) =>
    value === 1 ? (toRunning(labels, []) ?? []) : [],
  );
const valuesOf = async (
  template: string,
  target: DeviceTarget,
  system: 'linux' | 'windows' | undefined,
  at?: number,
) => {
  const services = checkTemplates.get(template)?.services ?? { linux: [], windows: [] };
  const query = promqlFor({ services }, owner(target), system);
  return query === undefined ? undefined : (await client.query(query, at)).map(({ value }) => value);
};

beforeAll(async () => {
  const bootTimeUnixSeconds = Date.now() / 1000 - 3600;
  linux = await startTarget({
    nodename: 'web01',
    bootTimeUnixSeconds,
    services: {
      'nginx.service': true,
      'ssh.service': true,
      'postgresql.service': true,
      'postgresql@15-main.service': true,
    },
  });
  windows = await startTarget({
    nodename: 'dc01',
    flavour: 'windows',
    bootTimeUnixSeconds,
    services: { w3svc: true, was: true, wuauserv: true },
  });
  const scrape = (job: string, target: DeviceTarget) => ({
    job_name: job,
    scrape_interval: '1s',
    static_configs: [{ targets: [new URL(target.url).host], labels: { organization: 'acme' } }],
  });
  server = await startPrometheus({
    scrapeConfigs: [scrape('node', linux), scrape('windows', windows)],
  });
  client = createPrometheusClient({
    name: 'main',
    url: server.url,
    timeoutMs: 5000,
    organizationLabel: 'organization',
    headers: {},
  });
  await eventually(async () => (await client.query('count_over_time(windows_service_state[1m]) > 1')).length > 0);
  before = Date.now() / 1000;
  linux.setService('nginx.service', false);
  linux.setService('postgresql@15-main.service', false);
  windows.setService('was', false);
  windows.setService('wuauserv', false);
  await eventually(async () => (await client.query('windows_service_state{name="was"} == 0')).length > 0);
  await eventually(async () => (await client.query('node_systemd_unit_state{name="nginx.service"} == 0')).length > 0);
});
afterAll(async () => {
  await server.stop();
  await linux.down();
  await windows.down();
});

describe('the baseline, asked of a real Prometheus', () => {
  it('names what ran before the outage and does not run now', async () => {
    const steady = await running(linux, steadyQuery, before);
    expect(missing(steady, await running(linux, stateQuery))).toEqual(['nginx.service', 'postgresql@15-main.service']);
    const onWindows = await running(windows, steadyQuery, before);
    expect(missing(onWindows, await running(windows, stateQuery))).toEqual(['was']);
  });

  it('tells targets and services apart, and sees one machine only', async () => {
    const ids = (await running(linux, stateQuery)).map(({ name }) => name).sort();
    expect(ids).toEqual(['postgresql.service', 'ssh.service', 'target node']);
  });
});

describe('templates, asked of a real Prometheus', () => {
  it('pass while every service runs and fail when one does not', async () => {
    expect(await valuesOf('nginx', linux, 'linux', before)).toEqual([1]);
    expect(await valuesOf('nginx', linux, 'linux')).toEqual([0]);
    expect(await valuesOf('iis', windows, 'windows', before)).toEqual([1]);
    expect(await valuesOf('iis', windows, 'windows')).toEqual([0]);
  });

  it('look at the cluster and not at the unit that only starts it', async () => {
    expect(await valuesOf('postgres', linux, 'linux', before)).toEqual([1]);
    expect(await valuesOf('postgres', linux, 'linux')).toEqual([0]);
  });

  it('have no data, which fails, where a service is not known at all', async () => {
    expect(await valuesOf('docker', linux, 'linux')).toEqual([]);
    expect(await valuesOf('ad-dc', windows, 'windows')).toEqual([]);
  });

  it('find the system themselves where nobody says which it is', async () => {
    expect(await valuesOf('sshd', linux, undefined)).toEqual([1]);
  });
});
