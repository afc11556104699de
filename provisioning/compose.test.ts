import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCli } from '../exporter/src/cli.ts';
import { loadConfig } from '../exporter/src/config/load.ts';
import { connectorTypes } from '../exporter/src/connectors/registry.ts';
import { bindsOf, readCompose, readText, root, secretsOf, type Service, withDefaults } from './compose-file.ts';

const compose = readCompose();
const services = Object.entries(compose.services);
const pins = JSON.parse(readText('versions.json')) as { images: Record<string, string> };
const nodeDockerfiles = ['exporter/Dockerfile', 'simulators/ninjaone/Dockerfile'];
const dockerfiles = [...nodeDockerfiles, 'grafana-plugin/Dockerfile'];
const basesOf = (text: string): Set<string | undefined> =>
  new Set([...text.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image));

const pluginIds = ['', 'datasource/', 'panel/'].map(
  (folder) => (JSON.parse(readText(`grafana-plugin/src/${folder}plugin.json`)) as { id: string }).id,
);

function serviceNamed(name: string): Service {
  const service = compose.services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
}

const workFolder = mkdtempSync(path.join(tmpdir(), 'patchhaven-compose-'));
afterAll(() => {
  rmSync(workFolder, { recursive: true, force: true });
});

/** Lays a container's files out in a folder, secrets included, with absolute paths inside `configFile` led there. */
function layOut(name: string, configFile: string): string {
  const service = serviceNamed(name);
  const inside = (target: string): string => path.join(workFolder, name, target);
  for (const { source, target } of bindsOf(service)) {
    mkdirSync(path.dirname(inside(target)), { recursive: true });
    cpSync(path.join(root, source), inside(target), { recursive: true });
  }
  let text = readFileSync(inside(configFile), 'utf8');
  for (const { target } of secretsOf(service)) {
    mkdirSync(path.dirname(inside(target)), { recursive: true });
    writeFileSync(inside(target), 'secret');
    text = text.replaceAll(target, inside(target));
  }
  writeFileSync(inside(configFile), text);
  return inside(configFile);
}

function run(program: string, args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  return { status, output: error?.message ?? `${stdout}${stderr}` };
}

function flag(name: string, option: string): string {
  const found = serviceNamed(name).command.find((argument) => argument.startsWith(`--${option}=`));
  if (found === undefined) throw new Error(`${name} is started without --${option}`);
  return found.slice(option.length + 3);
}

describe('images', () => {
  const ours = `:${(JSON.parse(readText('package.json')) as { version: string }).version}`;

  it.each(services)('%s runs a version that versions.json names, or one built here', (_, { image, build }) => {
    if (build === undefined) expect(Object.values(pins.images)).toContain(image);
    else expect(image.endsWith(ours), image).toBe(true);
  });

  it.each(Object.entries(pins.images))('%s is pinned to a full version', (_, image) => {
    expect(image).toMatch(/^[a-z/-]+:v?\d+\.\d+\.\d+(-[a-z-]+)?$/);
  });

  it('grafana-plugin/Dockerfile builds with the pinned Node.js, runs the pinned Grafana, and allows our plugins alone', () => {
    const text = readText('grafana-plugin/Dockerfile');
    expect(basesOf(text)).toEqual(new Set([pins.images['node'], pins.images['grafana']]));
    const lastStage = text.slice(text.lastIndexOf('\nFROM '));
    expect(lastStage).toMatch(/^USER 472$/m);
    expect(lastStage).toMatch(/^HEALTHCHECK /m);
    const allowed = /^ENV GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS=(\S+)$/m.exec(lastStage)?.[1]?.split(',');
    expect(allowed).toEqual(pluginIds);
  });

  it.each(nodeDockerfiles)(
    '%s starts from the pinned Node.js and keeps no root and no development packages',
    (file) => {
      const text = readText(file);
      expect(basesOf(text)).toEqual(new Set([pins.images['node']]));
      expect([...text.matchAll(/^FROM /gm)].length).toBeGreaterThan(1);
      const lastStage = text.slice(text.lastIndexOf('\nFROM '));
      expect(lastStage).toMatch(/^USER node$/m);
      expect(lastStage).toMatch(/^HEALTHCHECK /m);
      expect(lastStage).not.toMatch(/^RUN npm/m);
      expect(lastStage).toContain('--from=dependencies /app/node_modules');
      expect(/ AS dependencies\n(?:(?!\nFROM )[\s\S])*--omit=dev/.test(text)).toBe(true);
    },
  );

  it.each(dockerfiles)('%s copies what exists and what .dockerignore lets through', (file) => {
    const allowed = readText('.dockerignore').split('\n');
    const sources = [...readText(file).matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list]) => list?.split(' '));
    expect(sources.length).toBeGreaterThan(2);
    for (const source of sources) {
      expect(existsSync(path.join(root, source ?? '')), source).toBe(true);
      expect(allowed).toContain(`!${source ?? ''}`);
    }
  });
});

describe('services', () => {
  it.each(services)('%s has no more rights than it needs', (_, service) => {
    expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
  });

  it.each(services)('%s keeps credentials out of its environment', (_, service) => {
    const secrets = secretsOf(service).map(({ target }) => target);
    for (const [name, value] of Object.entries(service.environment))
      if (/PASSWORD|SECRET|TOKEN|KEY/.test(name)) {
        expect(name).toMatch(/__FILE$/);
        expect(secrets).toContain(value);
      }
  });

  it.each(services)('%s is healthy when it gives data', (_, { healthcheck }) => {
    expect(healthcheck.test.join(' ')).toMatch(/wget -qO- \S+ \| grep -q|healthcheck\.mjs$/);
  });

  it.each(services.filter(([, { ports }]) => ports.length > 0))('%s publishes on loopback only', (_, { ports }) => {
    for (const port of ports) expect(withDefaults(port)).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it.each(services)('%s mounts what exists', (_, service) => {
    for (const { source } of bindsOf(service)) expect(existsSync(path.join(root, source)), source).toBe(true);
    for (const volume of service.volumes.filter((mount) => typeof mount === 'string'))
      expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    for (const { source } of secretsOf(service)) expect(Object.keys(compose.secrets)).toContain(source);
  });

  it('take their defaults from .env.example', () => {
    const used = [...readText('docker-compose.yml').matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, key, value]) => [
      key,
      value,
    ]);
    const example = [...readText('.env.example').matchAll(/^(\w+)=(.*)$/gm)].map(([, key, value]) => [key, value]);
    expect(Object.fromEntries(used)).toEqual(Object.fromEntries(example));
  });

  it('read every secret from a file below one folder that git does not see', () => {
    for (const [name, { file }] of Object.entries(compose.secrets))
      expect(withDefaults(file)).toBe(`./data/secrets/${name}`);
    expect(readText('.gitignore').split('\n')).toContain('/data/');
  });
});

describe('configuration', () => {
  it('of Prometheus passes promtool with every rule file', () => {
    const file = layOut('prometheus', flag('prometheus', 'config.file'));
    const { status, output } = run('promtool', ['check', 'config', file]);
    expect(status, output).toBe(0);
    expect(output).toMatch(/SUCCESS: [1-9]\d* rule files found/);
  });

  it('of Alertmanager passes amtool', () => {
    const file = layOut('alertmanager', flag('alertmanager', 'config.file'));
    const { status, output } = run('amtool', ['check-config', file]);
    expect(status, output).toBe(0);
    const named = [...readFileSync(file, 'utf8').matchAll(/^[^#]*_file: (\S+)/gm)].map(([, secret]) => secret);
    for (const secret of named) expect(existsSync(secret ?? ''), secret).toBe(true);
  });

  it('of Patchhaven is accepted', () => {
    const file = layOut('patchhaven', flag('patchhaven', 'config.file'));
    const sourceSchemas = Object.fromEntries(
      Object.entries(connectorTypes).map(([type, { options }]) => [type, options]),
    );
    const config = loadConfig(file, { sourceSchemas, env: {} });
    expect(config.sources.map(({ id }) => id)).toEqual(['ninja']);
  });

  it('is what the command lines in compose, image and instructions name', async () => {
    const calls: unknown[] = [];
    const call = (...args: readonly unknown[]): Promise<number> => Promise.resolve(calls.push(args));
    const commands = {
      serve: call,
      token: call,
      checkConfig: call,
      rebuild: call,
      audit: call,
      explain: call,
      event: call,
      order: call,
    };
    const io = { out: () => undefined, err: () => undefined, version: '' };
    const inImage = /^CMD (.+)$/m.exec(readText('exporter/Dockerfile').slice(-500))?.[1] ?? '';
    const [, instruction = ''] = / patchhaven (token [\s\S]+?) >/.exec(readText('docker-compose.yml')) ?? [];
    await runCli(serviceNamed('patchhaven').command, commands, io);
    await runCli(JSON.parse(inImage) as string[], commands, io);
    await runCli(instruction.split(/[\s\\#]+/), commands, io);
    const configFile = '/etc/patchhaven/patchhaven.yaml';
    expect(calls).toMatchObject([
      [{ configFile, listenAddresses: ['0.0.0.0:9725'] }],
      [{ configFile }],
      [{ configFile }, { action: 'create', role: 'viewer' }],
    ]);
  });

  it('names only hosts that run here', () => {
    const texts = ['provisioning/prometheus/prometheus.yml', 'provisioning/patchhaven/patchhaven.yaml'].map((file) =>
      JSON.stringify(parse(readText(file))),
    );
    const hosts = texts.flatMap((text) =>
      [...text.matchAll(/"(?:http:\/\/)?([a-z]+[a-z0-9]*):\d+/g)].map(([, h]) => h),
    );
    expect(hosts).toEqual(expect.arrayContaining(['patchhaven', 'alertmanager', 'blackbox', 'prometheus', 'ninjaone']));
    for (const host of hosts) expect([...Object.keys(compose.services), 'localhost']).toContain(host);
  });

  it('gives each simulated machine a host that answers', () => {
    const fleet = JSON.parse(readText('provisioning/patchhaven/fleet.json')) as { systemName: string }[];
    expect(flag('ninjaone', 'devices')).toBe(String(fleet.length));
    for (const { systemName } of fleet) expect(serviceNamed(systemName).image).toBe(pins.images['node-exporter']);
  });
});

describe('Grafana', () => {
  const provisioned = <T>(kind: string): T => parse(readText(`provisioning/grafana/${kind}/patchhaven.yaml`)) as T;
  const { datasources } = provisioned<{
    datasources: { uid: string; type: string; url: string; editable: boolean; secureJsonData?: { token: string } }[];
  }>('datasources');
  const { apps } = provisioned<{ apps: { type: string; jsonData: Record<string, string> }[] }>('plugins');
  const { providers } = provisioned<{ providers: { options: { path: string } }[] }>('dashboards');
  const [appId, datasourceId] = pluginIds;

  it('gets data sources that the app names, by uids that stay', () => {
    expect(datasources.map(({ uid, type }) => [uid, type])).toEqual([
      ['patchhaven-prometheus', 'prometheus'],
      ['patchhaven-alertmanager', 'alertmanager'],
      ['patchhaven', datasourceId],
    ]);
    expect(apps).toMatchObject([
      { type: appId, jsonData: { datasourceUid: 'patchhaven', prometheusUid: 'patchhaven-prometheus' } },
    ]);
    expect(datasources.every(({ editable }) => !editable)).toBe(true);
  });

  it('reads its token from a secret that it is given', () => {
    const tokens = datasources.flatMap(({ secureJsonData }) => secureJsonData?.token ?? []);
    const files = secretsOf(serviceNamed('grafana')).map(({ target }) => `$__file{${target}}`);
    expect(tokens).toHaveLength(1);
    expect(files).toContain(tokens[0]);
  });

  it('asks services that run here', () => {
    for (const { url } of datasources) expect(Object.keys(compose.services)).toContain(new URL(url).hostname);
  });

  it('finds the dashboards where they are mounted', () => {
    const mounts = bindsOf(serviceNamed('grafana'));
    for (const { options } of providers)
      expect(mounts.find(({ target }) => target === options.path)?.source).toBe('./dashboards');
  });

  it('signs its users as the exporter expects them', () => {
    const { api, links } = parse(readText('provisioning/patchhaven/patchhaven.yaml')) as {
      api: { grafana: { root_url: string; jwks_url: string } };
      links: { app_url: string };
    };
    expect(api.grafana.root_url).toBe(serviceNamed('grafana').environment['GF_SERVER_ROOT_URL']);
    expect(api.grafana.jwks_url).toBe('http://grafana:3000/api/signing-keys/keys');
    expect(links.app_url).toBe(`${api.grafana.root_url}a/${appId ?? ''}`);
  });
});

async function organizationsOf(url: string): Promise<readonly number[]> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'simulator-client',
    client_secret: 'simulator-secret',
    scope: 'monitoring',
  });
  const answer = await fetch(`${url}/ws/oauth/token`, { method: 'POST', body });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const list = await fetch(`${url}/v2/organizations`, { headers: { Authorization: `Bearer ${token}` } });
  return ((await list.json()) as { id: number }[]).map(({ id }) => id);
}

describe('health checks', () => {
  const check = async (script: string, url: string): Promise<number> => {
    const child = spawn(process.execPath, [path.join(root, script), url], { stdio: 'ignore' });
    const [status] = (await once(child, 'exit')) as [number];
    return status;
  };

  it('of the simulator, started as composed, finds the organizations that the configuration names', async () => {
    const command = serviceNamed('ninjaone').command.map((argument) =>
      argument
        .replace('0.0.0.0:8080', '127.0.0.1:0')
        .replace('/etc/ninjaone/fleet.json', `${root}provisioning/patchhaven/fleet.json`),
    );
    const args = ['--import', 'tsx', 'simulators/ninjaone/src/main.ts', ...command];
    const simulator = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = (await once(createInterface(simulator.stdout), 'line')) as [string];
      const url = line.replace('listening on ', '');
      expect(await check('simulators/ninjaone/healthcheck.mjs', url)).toBe(0);
      const config = parse(readText('provisioning/patchhaven/patchhaven.yaml')) as {
        organizations: { sources: { ninja: number[] } }[];
      };
      expect(config.organizations.flatMap(({ sources }) => sources.ninja)).toEqual(await organizationsOf(url));
    } finally {
      simulator.kill();
    }
    expect(await check('simulators/ninjaone/healthcheck.mjs', 'http://127.0.0.1:1')).toBe(1);
  });

  it.each([
    [200, 0],
    [503, 1],
  ])('of Patchhaven turns %i into exit status %i', async (answer, status) => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/-/ready' ? answer : 404;
      response.end('because\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      expect(await check('exporter/healthcheck.mjs', `http://127.0.0.1:${String(port)}`)).toBe(status);
    } finally {
      server.close();
    }
  });
});
