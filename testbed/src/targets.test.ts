import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpListener } from './http-listener.ts';
import { startProber } from './prober.ts';
import { startTarget, type DeviceTarget } from './targets.ts';

let target: DeviceTarget;
let prober: HttpListener;

beforeEach(async () => {
  prober = await startProber();
  target = await startTarget({
    nodename: 'hbr-web01',
    bootTimeUnixSeconds: 1_790_000_000,
    services: { 'nginx.service': true },
  });
});

afterEach(async () => {
  await target.down();
  await prober.down();
});

async function scrape({ url }: DeviceTarget): Promise<string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

async function probe(module: string, address: string): Promise<string> {
  const query = new URLSearchParams({ module, target: address });
  const response = await fetch(`${prober.url}/probe?${query}`);
  return (await response.text()).split('\n').find((line) => line.startsWith('probe_success')) ?? `${response.status}`;
}

describe('a device target', () => {
  it('reports boot time, host name and services as node_exporter does', async () => {
    expect(await scrape(target)).toEqual([
      'node_boot_time_seconds 1790000000',
      'node_uname_info{nodename="hbr-web01"} 1',
      'node_systemd_unit_state{name="nginx.service",state="active"} 1',
    ]);
  });

  it('reports the same as windows_exporter does', async () => {
    const windows = await startTarget({
      nodename: 'HBR-SQL01',
      flavour: 'windows',
      bootTimeUnixSeconds: 1_790_000_000,
      services: { MSSQLSERVER: false },
    });
    expect(await scrape(windows)).toEqual([
      'windows_system_boot_time_timestamp 1790000000',
      'windows_os_hostname{hostname="HBR-SQL01"} 1',
      'windows_service_state{name="MSSQLSERVER",state="running"} 0',
    ]);
    await windows.down();
  });

  it('refuses connections while it is down and comes back on the same port with its new boot time', async () => {
    const { address } = target;
    await target.down();
    expect(target.isUp()).toBe(false);
    await expect(scrape(target)).rejects.toThrow('fetch failed');
    await target.up({ bootTimeUnixSeconds: 1_790_000_600 });
    target.setService('nginx.service', false);
    expect(target.address).toBe(address);
    expect(await scrape(target)).toContain('node_boot_time_seconds 1790000600');
    expect(await scrape(target)).toContain('node_systemd_unit_state{name="nginx.service",state="active"} 0');
  });

  it('drops connections that are open when it goes down', async () => {
    const [host = '', port = ''] = target.address.split(':');
    const connection = connect({ host, port: Number(port) });
    await once(connection, 'connect');
    const dropped = once(connection, 'close');
    await target.down();
    await expect(dropped).resolves.toBeDefined();
  });
});

describe('the prober', () => {
  it('follows a target down and up', async () => {
    expect(await probe('tcp_connect', target.address)).toBe('probe_success 1');
    expect(await probe('http_2xx', `${target.url}/metrics`)).toBe('probe_success 1');
    await target.down();
    expect(await probe('tcp_connect', target.address)).toBe('probe_success 0');
    expect(await probe('http_2xx', `${target.url}/metrics`)).toBe('probe_success 0');
  });

  it('counts an HTTP error as a failed probe', async () => {
    expect(await probe('http_2xx', `${target.url}/nothing`)).toBe('probe_success 0');
  });

  it('answers 400 to an unknown module', async () => {
    expect(await probe('icmp', target.address)).toBe('400');
  });
});
