import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import bcrypt from 'bcryptjs';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../domain/time.ts';
import { createToken } from '../http/auth/token.ts';
import { openStore } from '../store/open-store.ts';
import type { OrganizationScope, Role } from '../store/patch-store.ts';
import { type RunningExporter, serve } from './serve.ts';

let folder: string;
let logged: string[];
let exporter: RunningExporter | undefined;
const inFolder = (name: string): string => path.join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'patchhaven-serve-'));
  logged = [];
  writeConfig();
});
afterEach(async () => {
  await exporter?.close();
  exporter = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function writeConfig(rest = ''): void {
  writeFileSync(inFolder('patchhaven.yaml'), `storage: { url: 'sqlite:${inFolder('store.db')}' }\n${rest}`);
}

async function start(webConfigFile?: string): Promise<RunningExporter> {
  exporter = await serve({
    configFile: inFolder('patchhaven.yaml'),
    listenAddresses: ['127.0.0.1:0'],
    webConfigFile,
    env: {},
    clock: systemClock,
    log: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
    version: '0.0.0-test',
  });
  return exporter;
}

/** Puts a token into the store before an exporter takes the file. */
async function storedToken(role: Role, organizations: OrganizationScope = 'all'): Promise<string> {
  const { id, text, secretHash } = createToken();
  const store = await openStore(`sqlite:${inFolder('store.db')}`);
  await store.saveToken({ id, name: role, role, organizations, secretHash, createdAt: systemClock.now() });
  await store.close();
  return text;
}

const statusOf = async (url: string, init?: RequestInit): Promise<number> => (await fetch(url, init)).status;

describe('a store that cannot be opened', () => {
  it('keeps the process up and not ready while another process holds the file, then becomes ready', async () => {
    const holder = await openStore(`sqlite:${inFolder('store.db')}`);
    const { urls, ready, reload } = await start();
    const [url = ''] = urls;
    await vi.waitFor(() => {
      expect(logged.join('')).toContain('"kind":"locked"');
    }, 5000);
    expect(await statusOf(`${url}/-/healthy`)).toBe(200);
    expect(await statusOf(`${url}/-/ready`)).toBe(503);
    expect(await statusOf(`${url}/metrics`)).toBe(503);
    const post = await fetch(`${url}/api/v1/events`, { method: 'POST', body: '{"events":[]}' });
    expect([post.status, post.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await reload()).toEqual({ ok: false, problems: ['the exporter has not started yet'] });

    await holder.close();
    await ready;
    expect(await statusOf(`${url}/-/ready`)).toBe(200);
    expect(await statusOf(`${url}/metrics`)).toBe(401);
  });

  it('does the same with a corrupt file until a good one is put in its place', async () => {
    writeFileSync(inFolder('store.db'), 'this is no database, '.repeat(500));
    const { urls, ready } = await start();
    const [url = ''] = urls;
    await vi.waitFor(() => {
      expect(logged.join('')).toContain('"kind":"corrupt"');
    }, 5000);
    expect(await statusOf(`${url}/-/healthy`)).toBe(200);
    expect(await statusOf(`${url}/-/ready`)).toBe(503);
    expect(readFileSync(inFolder('store.db'), 'utf8')).toContain('this is no database');

    truncateSync(inFolder('store.db'));
    await ready;
    expect(await statusOf(`${url}/-/ready`)).toBe(200);
  });

  it.each([
    ['while it opens the store', ''],
    ['between two tries', '"kind":"locked"'],
  ])('can be stopped at once %s', async (_name, logLine) => {
    const holder = await openStore(`sqlite:${inFolder('store.db')}`);
    const { close, ready } = await start();
    await vi.waitFor(() => {
      expect(logged.join('')).toContain(logLine);
    }, 5000);
    const askedAt = performance.now();
    await close();
    expect(performance.now() - askedAt).toBeLessThan(4000);
    await ready;
    await holder.close();
    expect(logged.join('')).not.toContain('"msg":"ready"');
  });
});

describe('reload', () => {
  it('keeps the old configuration when the new one is bad, and says why with line and path', async () => {
    const { ready, urls } = await start();
    await ready;
    writeConfig('watcher: { interval: 5s, intervall: 6s }\nsources: [{ id: a, type: nothing }]\n');
    const result = await exporter?.reload();
    expect(result).toMatchObject({ ok: false });
    expect(JSON.stringify(result)).toMatch(
      /patchhaven\.yaml:2:\d+ watcher\.intervall: .+patchhaven\.yaml:3:\d+ sources/,
    );
    expect(logged.join('')).toContain('the new configuration is not used');
    expect(await statusOf(`${urls[0] ?? ''}/-/ready`)).toBe(200);
  });

  it('refuses to change the storage while running', async () => {
    await (
      await start()
    ).ready;
    writeFileSync(inFolder('patchhaven.yaml'), "storage: { url: 'sqlite::memory:' }\n");
    expect(await exporter?.reload()).toEqual({
      ok: false,
      problems: ['storage and metrics cannot change while running: restart the exporter'],
    });
  });

  it('is for admins of every organization, and shows what is in force', async () => {
    const [admin, scoped, operator] = [
      await storedToken('admin'),
      await storedToken('admin', ['acme']),
      await storedToken('operator'),
    ];
    const { ready, urls } = await start();
    await ready;
    const [url = ''] = urls;
    const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    const reload = (token: string) => fetch(`${url}/-/reload`, { method: 'POST', ...bearer(token) });
    const config = async () => (await fetch(`${url}/config`, bearer(admin))).text();

    writeConfig('watcher: { interval: 7s }\n');
    expect(await statusOf(`${url}/-/reload`, { method: 'POST' })).toBe(401);
    expect((await reload(operator)).status).toBe(403);
    expect((await reload(scoped)).status).toBe(403);
    expect(await config()).toContain('"intervalSeconds":5');
    expect(await statusOf(`${url}/-/reload`, bearer(admin))).toBe(405);

    expect((await reload(admin)).status).toBe(200);
    expect(await config()).toContain('"intervalSeconds":7');

    writeConfig('watcher: { interval: never }\n');
    const refused = await reload(admin);
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      detail: 'The old configuration stays in force.',
      errors: [{ detail: expect.stringContaining('watcher.interval') as string }],
    });
    expect(await config()).toContain('"intervalSeconds":7');

    const audit = await (await fetch(`${url}/api/v1/audit`, bearer(admin))).json();
    expect(audit).toMatchObject({
      items: [
        { action: 'config.reload', actor: 'token:admin', outcome: 'refused' },
        { action: 'config.reload', actor: 'token:admin', outcome: 'done' },
      ],
    });
  });
});

describe('TLS and basic authentication', () => {
  const password = 'correct horse';

  function writeCertificate(name: string): void {
    const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    const files = ['-keyout', inFolder('key.pem'), '-out', inFolder('cert.pem')];
    execFileSync('openssl', ['req', ...made, ...names, ...files], { stdio: 'ignore' });
  }

  function writeWebConfig(): string {
    const hash = bcrypt.hashSync(password, 4);
    const tls = 'tls_server_config: { cert_file: cert.pem, key_file: key.pem, min_version: TLS13 }\n';
    writeFileSync(inFolder('web.yaml'), `${tls}basic_auth_users: { prometheus: '${hash}' }\n`);
    return inFolder('web.yaml');
  }

  /** One handshake that trusts the certificate in the folder and demands that it is for `name`. */
  function get(
    url: string,
    name: string,
    auth?: string,
    method = 'GET',
  ): Promise<{ status: number; protocol: string; body: string }> {
    return new Promise((resolve, reject) => {
      const ca = readFileSync(inFolder('cert.pem'));
      const options = { ca, servername: name, method, agent: false as const, ...(auth !== undefined && { auth }) };
      const call = request(url, options, (response) => {
        const protocol = 'getProtocol' in response.socket ? String((response.socket as TLSSocket).getProtocol()) : '';
        let body = '';
        response.on('data', (part: Buffer) => (body += part.toString()));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, protocol, body });
        });
      });
      call.on('error', reject);
      call.end();
    });
  }

  it('speaks TLS only, and lets the users of the web configuration scrape', async () => {
    writeCertificate('first.test');
    const { ready, urls } = await start(writeWebConfig());
    await ready;
    const [url = ''] = urls;
    expect(url).toMatch(/^https:/);
    expect(await get(`${url}/-/ready`, 'first.test')).toMatchObject({ status: 200, protocol: 'TLSv1.3' });
    await expect(fetch(`${url.replace('https', 'http')}/-/healthy`)).rejects.toThrow();
    await expect(get(`${url}/-/ready`, 'other.test')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });

    expect(await get(`${url}/metrics`, 'first.test', `prometheus:${password}`)).toMatchObject({ status: 200 });
    expect((await get(`${url}/metrics`, 'first.test', `prometheus:${password}`)).body).toContain(
      'patchhaven_build_info',
    );
    for (const wrong of ['prometheus:wrong', `nobody:${password}`, undefined])
      expect((await get(`${url}/metrics`, 'first.test', wrong)).status).toBe(401);
    expect((await get(`${url}/api/v1/devices`, 'first.test', `prometheus:${password}`)).status).toBe(401);
    expect((await get(`${url}/-/reload`, 'first.test', `prometheus:${password}`, 'POST')).status).toBe(200);
    expect((await get(`${url}/-/reload`, 'first.test', 'prometheus:wrong', 'POST')).status).toBe(401);
  });

  it('uses a renewed certificate after a reload, without a restart', async () => {
    writeCertificate('first.test');
    const { ready, urls } = await start(writeWebConfig());
    await ready;
    const [url = ''] = urls;
    expect((await get(`${url}/-/ready`, 'first.test')).status).toBe(200);
    writeCertificate('second.test');
    await expect(get(`${url}/-/ready`, 'second.test')).rejects.toThrow();
    expect(await exporter?.reload()).toEqual({ ok: true });
    expect((await get(`${url}/-/ready`, 'second.test')).status).toBe(200);
  });

  it('keeps the old certificate when the new one is unusable or TLS would be turned off', async () => {
    writeCertificate('first.test');
    const { ready, urls } = await start(writeWebConfig());
    await ready;
    const [url = ''] = urls;
    const certificate = readFileSync(inFolder('cert.pem'));
    writeFileSync(inFolder('cert.pem'), 'not a certificate');
    expect(await exporter?.reload()).toMatchObject({ ok: false });
    writeFileSync(inFolder('cert.pem'), certificate);
    expect((await get(`${url}/-/ready`, 'first.test')).status).toBe(200);
    writeFileSync(inFolder('web.yaml'), '');
    expect(await exporter?.reload()).toMatchObject({
      ok: false,
      problems: [expect.stringContaining('turning TLS on or off needs a restart')],
    });
    expect((await get(`${url}/-/ready`, 'first.test')).status).toBe(200);
    expect((await get(`${url}/metrics`, 'first.test', `prometheus:${password}`)).status).toBe(200);
  });
});
