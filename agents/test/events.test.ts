import { execFileSync, spawnSync } from 'node:child_process';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { EventInput } from '../../exporter/src/http/schema/ingest.ts';
import { createHost, hasProgram, type Host } from './host.ts';

interface Posted {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly events: readonly { readonly type: string; readonly id: string; readonly [key: string]: unknown }[];
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function receiver(status = 202) {
  const posted: Posted[] = [];
  const read = async (request: IncomingMessage): Promise<void> => {
    const body = JSON.parse(await text(request)) as Pick<Posted, 'events'>;
    posted.push({ path: request.url, authorization: request.headers.authorization, events: body.events });
  };
  const server = createServer((request, response) => {
    void read(request).then(() => response.writeHead(status).end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return { posted, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/` };
}

function reporting(url: string): { readonly machine: Host; readonly flags: readonly string[] } {
  const machine = createHost('apt');
  closing.push(() => {
    machine.remove();
  });
  machine.put('token', 'secret-token\n');
  const flags = ['--events-url', url, '--token-file', `${machine.root}/token`, '--organization', 'acme "1"'];
  return { machine, flags: [...flags, '--instance', 'web-1:9100'] };
}

describe.runIf(hasProgram('curl'))('events', () => {
  it('are posted one at a time by hooks, before a reboot', async () => {
    const { posted, url } = await receiver();
    const { machine, flags } = reporting(url);
    const ran = await machine.run(...flags, '--event', 'reboot.ordered', '--reason', 'unattended "upgrades"');
    expect(ran).toMatchObject({ status: 0, err: '' });
    expect(posted).toMatchObject([
      {
        path: '/api/v1/events',
        authorization: 'Bearer secret-token',
        events: [
          {
            type: 'reboot.ordered',
            instance: 'web-1:9100',
            organization: 'acme "1"',
            data: { reason: 'unattended "upgrades"' },
          },
        ],
      },
    ]);
  });

  it('are in the form the events API takes, and have the same ids when told again', async () => {
    const { posted, url } = await receiver();
    const { machine, flags } = reporting(url);
    const now = Math.floor(Date.now() / 1000);
    const stamp = new Date((now - 600) * 1000).toISOString().slice(0, 19).replace('T', ' ');
    machine.put('proc/stat', `btime ${String(now - 3600)}\n`);
    machine.put('run/reboot-required', '', now - 300);
    machine.put('var/log/dpkg.log', `${stamp} upgrade openssl:amd64 3.0.15 3.0.17\n`);
    await machine.run(...flags);
    await machine.run(...flags);
    const [first, second] = posted.map(({ events }) => events);
    expect(first?.map(({ type }) => type)).toEqual(['patch.installed', 'reboot.pending', 'reboot.completed']);
    expect(first?.[0]).toMatchObject({ data: { patches: [{ id: 'openssl' }] } });
    expect(first?.map((event) => EventInput.safeParse(event).success)).toEqual([true, true, true]);
    expect(second?.map(({ id }) => id)).toEqual(first?.map(({ id }) => id));
  });

  it('say nothing about a reboot that no update asked for', async () => {
    const { posted, url } = await receiver();
    const { machine, flags } = reporting(url);
    const event = ['--event', 'reboot.started', '--if-reboot-required'];
    expect((await machine.run(...flags, ...event)).status).toBe(0);
    expect(posted).toEqual([]);
    machine.put('run/reboot-required', '');
    await machine.run(...flags, ...event);
    expect(posted).toHaveLength(1);
  });

  it.each([401, 207, 503])('that are answered with %s are reported as not accepted', async (status) => {
    const { url } = await receiver(status);
    const { machine, flags } = reporting(url);
    const ran = await machine.run(...flags, '--event', 'patch.install.started');
    expect([ran.status, ran.err]).toEqual([4, expect.stringContaining(`HTTP ${String(status)}`)]);
    expect(ran.err).not.toContain('secret-token');
  });

  it('that reach nobody do not hold up the caller', async () => {
    const { machine, flags } = reporting('http://127.0.0.1:1');
    expect((await machine.run(...flags, '--event', 'patch.install.started')).status).toBe(4);
  });
});

describe.runIf(hasProgram('apt-config'))('the apt hook of the examples', () => {
  const file = fileURLToPath(new URL('../examples/99patchhaven', import.meta.url));
  const lines = (): string[] =>
    execFileSync('apt-config', ['-c', file, 'dump'], { encoding: 'utf8' })
      .split('\n')
      .flatMap((line) => /^DPkg::(?:Pre|Post)-Invoke:: "(.*patchhaven-host\.sh.*)";$/.exec(line)?.[1] ?? []);

  it('tells the start of an install, its end and its result', () => {
    expect(lines().map((line) => /--event (\S+)/.exec(line)?.[1])).toEqual([
      'patch.install.completed',
      undefined,
      'patch.install.started',
    ]);
  });

  it('never stops apt, also where script and settings are missing', () => {
    for (const line of lines()) expect(spawnSync('sh', ['-c', line]).status).toBe(0);
  });
});
