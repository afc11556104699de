import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from '../../test/support/api.ts';
import { builtAt } from '../../test/support/builders.ts';
import type { TokenAction } from '../cli.ts';
import { createToken, hashSecret } from '../http/auth/token.ts';
import { openStore } from '../store/open-store.ts';
import type { OrganizationScope, PatchStore, Role } from '../store/patch-store.ts';
import { token } from './token.ts';
import { withTokens } from './with-tokens.ts';

const clock = { now: () => builtAt };
const wanted = { action: 'create', name: 'ci', role: 'reporter', organizations: ['acme'], expires: '1d' } as const;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'patchhaven-token-'));
  file = path.join(folder, 'store.db');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command against the file, as a person at the terminal does. */
async function run(
  action: TokenAction,
  { url = 'http://127.0.0.1:9725', secret = '', tokenFile = undefined as string | undefined } = {},
) {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) };
  const places = {
    openStore: () => openStore(`sqlite:${file}`, { busyTimeoutMs: 50 }),
    remote: { url, tokenFile, env: { PATCHHAVEN_TOKEN: secret } },
    clock,
  };
  const status = await withTokens(places, (tokens) => token(tokens, action, clock, io), io);
  return { status, out: out.join(''), err: err.join('') };
}

async function inStore<T>(work: (store: PatchStore) => Promise<T>): Promise<T> {
  const store = await openStore(`sqlite:${file}`);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

describe('token, on the store', () => {
  it('shows the secret once, stores its hash, and revokes', async () => {
    const made = await run(wanted);
    expect(made).toMatchObject({ status: 0, err: 'Keep this token; it is not shown again.\n' });
    const [, id = '', secret = ''] = /^ph_([a-z0-9]+)_(\S+)\n$/.exec(made.out) ?? [];
    const [stored] = await inStore((store) => store.listTokens());
    expect(stored).toMatchObject({
      secretHash: hashSecret(secret),
      organizations: ['acme'],
      expiresAt: builtAt + 86_400,
    });

    expect((await run({ action: 'list' })).out.split('\n')).toEqual([
      'ID          NAME  ROLE      ORGANIZATIONS  CREATED            STATE',
      `${id}  ci    reporter  acme           2026-03-10T02:00Z  until 2026-03-11T02:00Z`,
      '',
    ]);

    expect(await run({ action: 'revoke', id })).toEqual({ status: 0, out: `revoked ${id}\n`, err: '' });
    const records = await inStore((store) => store.queryAudit(10));
    expect(records.map(({ action, actor }) => [action, actor])).toEqual([
      ['token.revoke', 'command line'],
      ['token.create', 'command line'],
    ]);
    expect((await run({ action: 'list' })).out).toContain('revoked');
    expect(JSON.stringify([stored, records])).not.toContain(secret);
  });

  it.each([
    [{ ...wanted, role: 'root' }, '--role is one of viewer, reporter, operator, admin'],
    [{ ...wanted, expires: 'soon' }, '--expires is a duration such as 90d'],
    [{ ...wanted, name: 'a user:b' }, '--name needs 1 to 100 letters'],
    [{ action: 'revoke', id: 'x' } as const, 'there is no token x'],
  ])('refuses %j', async (action, why) => {
    const { status, err } = await run(action);
    expect(status).toBe(1);
    expect(err).toContain(`patchhaven token: ${why}`);
    expect(await inStore((store) => store.listTokens())).toEqual([]);
  });

  it('says so when there is none yet', async () => {
    expect(await run({ action: 'list' })).toEqual({ status: 0, out: '', err: 'There are no tokens yet.\n' });
  });
});

describe('token, while an exporter holds the file', () => {
  let store: PatchStore;
  let api: RunningApi;
  beforeEach(async () => {
    store = await openStore(`sqlite:${file}`);
    api = await startApi({ views: [], deps: { store } });
  });
  afterEach(async () => {
    await api.close();
    await store.close();
  });

  async function callerWith(role: Role, organizations: OrganizationScope = 'all'): Promise<string> {
    const { id, text, secretHash } = createToken();
    await store.saveToken({ id, name: 'boss', role, organizations, secretHash, createdAt: builtAt });
    return text;
  }

  it('makes, lists and revokes through it', async () => {
    const secret = await callerWith('admin', ['acme']);
    const made = await run(wanted, { url: api.url, secret });
    expect(made.status).toBe(0);
    expect(made.err).toContain(`The store is in use, so this goes through the exporter at ${api.url}.\n`);
    const text = made.out.trim();
    expect((await api.get('/api/v1/devices', text)).status).toBe(200);

    const id = text.slice(3, 13);
    expect((await run({ action: 'list' }, { url: api.url, secret })).out).toContain(`${id}  ci    reporter  acme`);
    expect(await run({ action: 'revoke', id }, { url: api.url, secret })).toMatchObject({
      status: 0,
      out: `revoked ${id}\n`,
    });
    expect((await api.get('/api/v1/devices', text)).status).toBe(401);
    expect((await store.queryAudit(1))[0]).toMatchObject({ action: 'token.revoke', actor: 'token:boss', target: id });
  });

  it('says exactly what to do when no token is given', async () => {
    const { status, out, err } = await run(wanted);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toBe(
      `patchhaven token: the store is in use, most likely by a running exporter.
With an admin token, the exporter does this for you:
  put the token into PATCHHAVEN_TOKEN, or its file into --token-file, and run the command again
  (add --url when the exporter is not at http://127.0.0.1:9725).
Without one, make the first admin token while no exporter runs:
  before you start it, or stop it for a moment. A restart shorter than five minutes causes no page.
`,
    );
  });

  it.each<[string, () => Promise<string>, string]>([
    ['of a lower role', () => callerWith('viewer'), 'Not allowed. This needs the role admin; yours is viewer.'],
    ['of another organization', () => callerWith('admin', ['globex']), 'A token cannot reach further'],
    ['nobody knows', () => Promise.resolve('ph_wrong'), 'does not accept this token'],
  ])('tells what the exporter says to a token %s', async (_name, caller, why) => {
    const { status, out, err } = await run(wanted, { url: api.url, secret: await caller() });
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toContain(why);
  });

  it('knows that there is no such token', async () => {
    const { status, err } = await run(
      { action: 'revoke', id: 'x' },
      { url: api.url, secret: await callerWith('admin') },
    );
    expect(status).toBe(1);
    expect(err).toContain('patchhaven token: there is no token x\n');
  });

  it('tells that nothing answers there, and that a token file is missing', async () => {
    const tokenFile = path.join(folder, 'none');
    expect((await run(wanted, { url: api.url, tokenFile })).err).toContain(
      `the token file ${tokenFile} cannot be read`,
    );
    await api.close();
    expect((await run(wanted, { url: api.url, secret: 'x' })).err).toContain(
      `patchhaven token: ${api.url} does not answer (ECONNREFUSED)\n`,
    );
  });
});

it('passes on a store that is broken, not only held', async () => {
  writeFileSync(file, 'this is no database, '.repeat(500));
  await expect(run({ action: 'list' })).rejects.toMatchObject({ kind: 'corrupt' });
});
