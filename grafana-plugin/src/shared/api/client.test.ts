import { aProblem, proxyUrl, startFakeExporter } from '../../test/fake-exporter';
import { ExporterClient, fillPath, queryString } from './client';

const client = new ExporterClient(proxyUrl);
const page = (ids: readonly string[], nextCursor: string | null) => ({
  data: { items: ids.map((id) => ({ id })), nextCursor },
});

describe('fillPath', () => {
  it('encodes values, so that an id may hold slashes and colons', () => {
    expect(fillPath('/devices/{id}/explain', { id: 'ninja:4/7' })).toBe('/devices/ninja%3A4%2F7/explain');
  });
});

describe('queryString', () => {
  it('drops what is not set and keeps false', () => {
    expect(queryString({ limit: 5, organization: '', site: undefined, open: false })).toBe('limit=5&open=false');
  });
});

describe('ExporterClient', () => {
  it('gives the answer with its tag and the clock of the server', async () => {
    startFakeExporter(() => ({
      data: { items: [] },
      headers: { ETag: '"a"', Date: 'Tue, 10 Mar 2026 02:00:00 GMT' },
    }));
    expect(await client.read('/sources')).toEqual({
      data: { items: [] },
      etag: '"a"',
      serverDateMs: Date.UTC(2026, 2, 10, 2),
    });
  });

  it('asks once for what is asked twice at the same time, and again afterwards', async () => {
    const fake = startFakeExporter(() => ({ data: { items: [] } }));
    const [first, second] = await Promise.all([client.get('/sources'), client.get('/sources')]);
    expect(first).toBe(second);
    expect(fake.requests).toEqual(['/sources']);
    await client.get('/sources');
    expect(fake.requests).toHaveLength(2);
  });

  it('goes on for the one who still waits when another gives up, and ends the request with the last', async () => {
    const fake = startFakeExporter(() => undefined);
    const [one, two] = [new AbortController(), new AbortController()];
    const first = client.get('/sources', { signal: one.signal });
    const second = client.get('/sources', { signal: two.signal });
    one.abort();
    await expect(first).rejects.toMatchObject({ kind: 'aborted' });
    expect(fake.abandoned).toEqual([]);
    two.abort();
    await expect(second).rejects.toMatchObject({ kind: 'aborted' });
    expect(fake.abandoned).toEqual(['/sources']);
  });

  it('sends nothing for a signal that is aborted already', async () => {
    const fake = startFakeExporter(() => ({ data: {} }));
    const signal = AbortSignal.abort();
    await expect(client.get('/sources', { signal })).rejects.toMatchObject({ kind: 'aborted' });
    expect(fake.requests).toEqual([]);
  });

  it('takes a page of HTML for what it is', async () => {
    startFakeExporter(() => ({ data: '<!doctype html><title>Log in</title>' }));
    await expect(client.get('/sources')).rejects.toMatchObject({ kind: 'not_exporter' });
  });

  it.each([
    ['304 of the exporter', () => ({ status: 304, data: { message: 'Not Modified' } })],
    ['200 of a browser cache', () => ({ data: {}, headers: { ETag: '"a"' } })],
  ])('knows an unchanged answer by the %s', async (_, answer) => {
    const fake = startFakeExporter(answer);
    expect(await client.getIfChanged('/sources', {}, '"a"')).toBeUndefined();
    expect(fake.sent[0]?.headers).toEqual({ 'If-None-Match': '"a"' });
  });

  it('gives the new answer and tag when it has changed', async () => {
    startFakeExporter(() => ({ data: { items: [] }, headers: { ETag: '"b"' } }));
    expect(await client.getIfChanged('/sources', {}, '"a"')).toMatchObject({ etag: '"b"' });
  });

  it('sends a body with DELETE as JSON', async () => {
    const fake = startFakeExporter(() => ({ data: { windows: [] } }));
    await client.delete('/windows/w-1', { reason: 'done' });
    expect(fake.sent[0]).toMatchObject({
      method: 'DELETE',
      data: { reason: 'done' },
      headers: { 'Content-Type': 'application/json' },
      showErrorAlert: false,
    });
  });
});

describe('getPages', () => {
  it('follows the cursor to the end', async () => {
    const fake = startFakeExporter((path) => (path.includes('cursor=c1') ? page(['3'], null) : page(['1', '2'], 'c1')));
    const { items, isCut } = await client.getPages('/events', { query: { organization: 'acme' } }, 5000);
    expect(items.map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(isCut).toBe(false);
    expect(fake.requests).toEqual([
      '/events?organization=acme&limit=1000',
      '/events?organization=acme&cursor=c1&limit=1000',
    ]);
  });

  it('stops at the cap and says that there is more', async () => {
    const fake = startFakeExporter(() => page(['1', '2'], `c${Math.random()}`));
    const { items, isCut } = await client.getPages('/events', {}, 4);
    expect(items).toHaveLength(4);
    expect(isCut).toBe(true);
    expect(fake.requests[1]).toContain('limit=2');
  });

  it('is not cut when the cap is just what there is', async () => {
    startFakeExporter(() => page(['1', '2'], null));
    expect(await client.getPages('/events', {}, 2)).toMatchObject({ isCut: false });
  });

  it('starts again once when the exporter was restarted on the way', async () => {
    let isRestarted = false;
    const fake = startFakeExporter((path) => {
      if (path.includes('cursor=old')) {
        isRestarted = true;
        return aProblem(400, 'invalid_cursor', 'Start again from the first page.');
      }
      return path.includes('cursor=new') ? page(['2'], null) : page(['1'], isRestarted ? 'new' : 'old');
    });
    const { items } = await client.getPages('/events', {}, 10);
    expect(items.map(({ id }) => id)).toEqual(['1', '2']);
    expect(fake.requests).toHaveLength(4);
  });

  it('does not run in circles on a cursor that leads to itself', async () => {
    startFakeExporter(() => page(['1'], 'same'));
    expect((await client.getPages('/events', {}, 100)).items).toHaveLength(2);
  });
});
