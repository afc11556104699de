import { ExporterClient } from '../shared/api/client';
import type { ApiStatus } from '../shared/api/types';
import { aProblem, type FakeAnswer, proxyUrl, startFakeExporter } from '../test/fake-exporter';
import { golden, goldenNow } from '../test/golden';
import { compareVersions, judge, minExporterVersion, testExporter } from './health';

const status: ApiStatus = { ...golden<ApiStatus>('status'), version: minExporterVersion };

async function test(answer: (path: string) => FakeAnswer, nowMs = Date.parse(status.now)) {
  startFakeExporter(answer);
  return testExporter(new ExporterClient(proxyUrl), () => nowMs);
}

describe('testExporter', () => {
  it('tells version, scope and role', async () => {
    expect(await test(() => ({ data: status }))).toMatchObject({
      status: 'success',
      message: 'Patchhaven 0.1.0 answers. You see all organizations as admin.',
    });
  });

  it.each<[string, FakeAnswer, RegExp]>([
    ['nothing that answers', { status: 502, data: {} }, /cannot reach the exporter/],
    ['a page of HTML', { data: '<!doctype html>' }, /not a Patchhaven exporter/],
    ['another program', { status: 404, data: '404 page not found' }, /not a Patchhaven exporter/],
    ['JSON of another program', { data: { status: 'success', data: {} } }, /not a Patchhaven exporter/],
    [
      'a URL that is none',
      { status: 400, data: { message: 'Invalid data source URL: "x"' } },
      /URL of this data source/,
    ],
    ['a wrong token', { status: 400, data: { message: 'Authentication to data source failed' } }, /refused the token/],
    [
      'a user it does not take',
      aProblem(403, 'forbidden', 'The Grafana user token is refused: it has expired.'),
      /it has expired/,
    ],
    ['a slow answer', { status: 504, data: {} }, /too long/],
    ['a fault', aProblem(500, 'internal', 'This is a fault of Patchhaven.'), /fault of Patchhaven/],
  ])('says what is wrong with %s', async (_, answer, words) => {
    const result = await test(() => answer);
    expect(result.status).toBe('error');
    expect(result.message).toMatch(words);
  });

  it('names the version of an exporter that is too old to have a status', async () => {
    const result = await test((path) =>
      path === '/openapi.json'
        ? { data: { info: { version: '0.0.9' } } }
        : aProblem(404, 'not_found', 'There is nothing at this path.'),
    );
    expect(result).toMatchObject({
      status: 'error',
      message: `This exporter has version 0.0.9 and is too old for this plugin. Update it to ${minExporterVersion} or later.`,
    });
  });

  it('compares the version of an exporter that has one', async () => {
    const result = await test(() => ({ data: { ...status, version: '0.0.12' } }));
    expect(result.message).toContain('version 0.0.12');
  });

  it.each([
    [10 * 60_000, 'error', /10 min ahead of/],
    [-10 * 60_000, 'error', /10 min behind/],
    [60_000, 'success', /1 min ahead of/],
    [20_000, 'success', /^(?!.*clock)/],
  ])('judges a clock that is %i ms ahead', async (skewMs, expected, words) => {
    const result = await test(() => ({ data: status }), Date.parse(status.now) - skewMs);
    expect(result.status).toBe(expected);
    expect(`${result.message} ${result.details?.message ?? ''}`).toMatch(words);
  });

  it('says when token and user have no organization in common', () => {
    const result = judge({ ...status, caller: { ...status.caller, organizations: [] } }, 0);
    expect(result).toMatchObject({ status: 'error', message: expect.stringContaining('no organization') });
  });

  it('warns of a token that lets everyone act', () => {
    const result = judge({ ...status, caller: { ...status.caller, tokenRole: 'operator' } }, 0);
    expect(result.details?.message).toContain('role operator, and so has everyone');
  });

  it('is quiet about a viewer token with a known user', () => {
    const caller: ApiStatus['caller'] = {
      actor: 'token:g user:anna',
      role: 'operator',
      tokenRole: 'viewer',
      organizations: ['acme'],
    };
    expect(judge({ ...status, caller }, 0)).toEqual({
      status: 'success',
      message: expect.stringContaining('the organization acme as operator'),
      details: undefined,
    });
  });

  it('has goldens of the same moment', () => {
    expect(Date.parse(status.now)).toBe(goldenNow);
  });
});

describe('compareVersions', () => {
  it.each([
    ['0.1.0', '0.1.0', 0],
    ['0.1.1', '0.1.0', 1],
    ['0.9.0', '0.10.0', -1],
    ['v1.0.0-rc.1', '1.0.0', 0],
    ['dev', '0.1.0', -1],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });
});
