import { copyFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { describeConnectorContract } from '../../../test/contract/connector-contract.ts';
import { ConnectorError } from '../../domain/errors.ts';
import { devicesFromCsv } from './csv.ts';
import { fileConnector } from './index.ts';

const now = Date.parse('2026-08-11T10:01:00Z') / 1000;
const directories: string[] = [];
const fixture = (name: string): URL => new URL(`__fixtures__/${name}`, import.meta.url);

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'patchhaven-file-'));
  directories.push(directory);
  return directory;
}

function put(directory: string, name: string, text: string, writtenAt = now - 10): void {
  writeFileSync(join(directory, name), text);
  utimesSync(join(directory, name), writtenAt, writtenAt);
}

function over(directory: string, options: Record<string, unknown> = {}) {
  const deps = {
    id: 'files',
    organizationKey: (id: string) => id,
    fetch: () => Promise.reject(new Error('no network here')),
    clock: { now: () => now },
    sleep: () => Promise.resolve(),
    random: () => 0,
  };
  return { connector: fileConnector.create({ directory, ...options }, deps) };
}

function prepared(...names: string[]) {
  const directory = newDirectory();
  for (const name of names) {
    copyFileSync(fixture(name), join(directory, name));
    utimesSync(join(directory, name), now - 10, now - 10);
  }
  return over(directory);
}

const signal = new AbortController().signal;
const collect = async ({ connector }: ReturnType<typeof over>) =>
  await connector.collect?.({ clock: { now: () => now }, signal, progress: () => undefined });

const lists = { groups: [], tags: [], hostNames: [], ipAddresses: [] };

describeConnectorContract({
  type: 'file',
  now,
  whole: () => prepared('whole.json', 'whole.csv'),
  expectedDevices: [
    {
      vendorId: 'srv-1',
      organization: 'acme',
      site: 'Berlin',
      groups: ['Production'],
      tags: ['ring:2'],
      displayName: 'SRV-1',
      hostNames: ['srv-1', 'srv-1.acme.example'],
      ipAddresses: ['10.0.0.5'],
      instance: 'srv-1:9182',
      parentVendorId: 'hyp-1',
      os: { name: 'Windows Server 2022', build: '20348', family: 'windows' },
      lastSeenAt: now - 120,
      lastBootAt: 1785843712,
      rebootPending: true,
      patches: [
        {
          id: 'KB5041160',
          title: '2026-08 Cumulative Update',
          severity: 'critical',
          kind: 'security',
          status: 'missing',
          firstSeenAt: Date.parse('2026-08-09T22:00:00Z') / 1000,
        },
        {
          id: 'openssl',
          title: 'openssl',
          severity: 'unspecified',
          kind: 'other',
          status: 'installed',
          installedAt: 1786400000,
        },
      ],
    },
    {
      vendorId: 'web-1',
      organization: 'beta',
      ...lists,
      groups: ['Test', 'Web'],
      displayName: 'web-1',
      hostNames: ['web-1', 'web-1.beta.example'],
      os: { name: 'Ubuntu 24.04', family: 'linux' },
      lastSeenAt: now - 180,
      rebootPending: false,
      patches: [
        { id: 'openssl', title: 'openssl 3.0.13', severity: 'important', kind: 'other', status: 'missing' },
        { id: 'curl', title: 'curl', severity: 'low', kind: 'other', status: 'installed', installedAt: 1786400000 },
      ],
    },
    { vendorId: 'web-2', organization: 'beta', ...lists, displayName: 'web-2', patches: [] },
    { vendorId: 'web-3', organization: 'beta', ...lists, displayName: 'web-3' },
  ],
  empty: () => prepared('empty.json'),
  oneMalformed: () => prepared('one-malformed.json'),
  allMalformed: () => prepared('all-malformed.json'),
  unknownStatus: () => prepared('unknown-status.json'),
  secrets: [],
});

describe('a directory of files', () => {
  const whole = readFileSync(fixture('whole.json'), 'utf8');

  it('is as old as the oldest file, by its own date or else by when it was written', async () => {
    const directory = newDirectory();
    put(directory, 'a.json', '{"format":"patchhaven.snapshot/v1","devices":[]}', now - 500);
    put(directory, 'b.json', whole);
    const snapshot = await collect(over(directory));
    expect([snapshot?.startedAt, snapshot?.completedAt]).toEqual([now - 500, now - 500]);
  });

  it.each([
    ['there is no file', {}, 'unavailable'],
    ['a JSON file is half written', { 'a.json': whole.slice(0, 300) }, 'malformed'],
    ['a CSV file ends inside a line', { 'a.csv': 'id,organization\na,acme\nb,ac' }, 'malformed'],
    ['a CSV row lacks columns', { 'a.csv': 'id,organization,site\na,acme\n' }, 'malformed'],
    ['a CSV column is unknown', { 'a.csv': 'id,organization,colour\na,acme,red\n' }, 'malformed'],
    ['a CSV file names no organization', { 'a.csv': 'id\na\n' }, 'malformed'],
    ['a file has another format', { 'a.json': '{"format":"v2","devices":[]}' }, 'malformed'],
    ['a file is dated in the future', { 'a.json': whole.replace('2026-08-11T10:00', '2026-08-11T10:20') }, 'malformed'],
    ['a file is too old', { 'a.json': whole.replace('2026-08-11T10:00', '2026-08-09T10:00') }, 'unavailable'],
    ['two files name the same device', { 'a.json': whole, 'b.json': whole }, 'malformed'],
    ['one file of several is bad', { 'a.json': whole, 'b.json': '' }, 'malformed'],
  ] as const)('is a failure when %s', async (_what, files, kind) => {
    const directory = newDirectory();
    for (const [name, text] of Object.entries(files)) put(directory, name, text);
    await expect(collect(over(directory))).rejects.toMatchObject({ kind });
  });

  it('is a failure when it is not there', async () => {
    await expect(collect(over('/nowhere/at/all'))).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('passes over what a writer has not renamed yet', async () => {
    const directory = newDirectory();
    put(directory, 'a.json', whole);
    put(directory, '.b.json', '{');
    put(directory, 'c.json.tmp', '{');
    expect((await collect(over(directory)))?.devices).toHaveLength(1);
  });

  it('reads a file as large as allowed and no larger', async () => {
    const directory = newDirectory();
    put(directory, 'a.json', whole);
    await expect(collect(over(directory, { maxFileBytes: 100 }))).rejects.toMatchObject({ kind: 'malformed' });
  });

  it('shows an update it cannot read as unknown, so that the device does not pass for patched', async () => {
    const snapshot = await collect(prepared('unknown-status.json'));
    expect(snapshot?.devices[0]?.patches?.map(({ id, status }) => [id, status])).toEqual([
      ['KB5041160', 'unknown'],
      ['unreadable', 'unknown'],
    ]);
    expect(snapshot?.dropped).toEqual({ 'patch.malformed': 1 });
    expect(snapshot?.unknownWords).toEqual({ 'patch.kind': 1, 'patch.severity': 1, 'patch.status': 1 });
  });

  it('survives any CSV text', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('id', 'organization', '"', 'patch_id', 'true', '1786400000'));
    const text = fc
      .array(fc.array(cell, { maxLength: 5 }))
      .map((rows) => rows.map((row) => `${row.join(',')}\n`).join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (input) => {
        try {
          devicesFromCsv(input, 'a.csv');
        } catch (error) {
          expect(error).toBeInstanceOf(ConnectorError);
        }
      }),
    );
  });
});
