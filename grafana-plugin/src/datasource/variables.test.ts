import { ExporterClient } from '../shared/api/client';
import { aProblem, proxyUrl, startFakeExporter } from '../test/fake-exporter';
import { golden } from '../test/golden';
import { Directory } from './directory';
import { toVariableQuery } from './variable-query';
import { readVariable } from './variables';

const places: Readonly<Record<string, object[]>> = {
  organization: [{ organization: 'globex' }, { organization: 'acme' }],
  site: [
    { organization: 'acme', site: 'Berlin' },
    { organization: 'globex', site: 'Berlin' },
    { organization: 'acme', site: null },
  ],
  group: [{ organization: 'acme', group: 'Production' }],
};

function start() {
  const fake = startFakeExporter((path) => {
    const query = new URLSearchParams(path.split('?')[1]);
    if (path.startsWith('/compliance')) {
      return { data: { rows: places[query.get('by') ?? ''] } };
    }
    return path.startsWith('/devices') ? { data: golden('devices') } : { data: golden('updates') };
  });
  const client = new ExporterClient(proxyUrl);
  const templates = { replace: (text: string) => text.replace('$organization', 'acme') };
  const sources = { client, directory: new Directory(client), templates: templates as never };
  return { fake, read: (query: unknown) => readVariable(sources, toVariableQuery(query), {}) };
}

const texts = (values: ReadonlyArray<{ text: string }>) => values.map(({ text }) => text);

describe('variables', () => {
  it.each([undefined, null, {}, '', { refId: 'x' }])('lists organizations for %p, sorted', async (saved) => {
    expect(texts(await start().read(saved))).toEqual(['acme', 'globex']);
  });

  it('lists each site once and leaves out devices without one', async () => {
    expect(texts(await start().read({ type: 'site' }))).toEqual(['Berlin']);
  });

  it('narrows by another variable', async () => {
    const { fake, read } = start();
    await read({ type: 'group', organization: '$organization' });
    expect(fake.requests[0]).toContain('organization=acme');
  });

  it.each([
    ['id', 'ninja:1'],
    ['instance', 'srv-1:9182'],
    ['name', 'SRV-1'],
  ])('holds the %s of a device and shows its name', async (deviceValue, value) => {
    const values = await start().read({ type: 'device', deviceValue });
    expect(values).toContainEqual({ text: 'SRV-1', value });
  });

  it('offers no device without instance where the instance is wanted', async () => {
    const values = await start().read({ type: 'device', deviceValue: 'instance' });
    expect(texts(values)).not.toContain('bare');
  });

  it('narrows devices by group', async () => {
    expect(await start().read({ type: 'device', group: 'Nobody' })).toEqual([]);
  });

  it('lists updates by id with their title', async () => {
    expect((await start().read({ type: 'patch' }))[0]).toEqual({
      text: 'KB5041160 Cumulative update 2026-03',
      value: 'KB5041160',
    });
  });
});

describe('Directory', () => {
  it('asks once for what is asked again soon, and again after a failure', async () => {
    let isDown = true;
    let nowMs = 0;
    const fake = startFakeExporter(() => (isDown ? aProblem(503, 'unavailable', 'No.') : { data: golden('sources') }));
    const directory = new Directory(new ExporterClient(proxyUrl), () => nowMs);
    await expect(directory.sources()).rejects.toMatchObject({ kind: 'unavailable' });
    isDown = false;
    await directory.sources();
    await directory.sources();
    expect(fake.requests).toHaveLength(2);
    nowMs += 60_000;
    await directory.sources();
    expect(fake.requests).toHaveLength(3);
  });
});
