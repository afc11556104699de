import {
  type AdHocVariableFilter,
  CoreApp,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceInstanceSettings,
  dateTime,
  LoadingState,
  type RawTimeRange,
} from '@grafana/data';
import type { TemplateSrv } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import type { PatchWindow } from '../shared/api/types';
import { readEventFrame } from '../shared/frames/event-frame';
import { aProblem, type FakeAnswer, startFakeExporter } from '../test/fake-exporter';
import { golden, goldenNow } from '../test/golden';
import { PatchhavenDataSource } from './datasource';
import type { PatchhavenOptions, PatchhavenQuery } from './query';

const variables: Readonly<Record<string, string[]>> = {
  organization: ['acme'],
  both: ['acme', 'globex'],
  all: ['$__all'],
};

/** Enough of Grafana's interpolation: `$name` with a format function, and texts without variables. */
const templates = {
  replace: (text: string, _vars: unknown, format?: (value: string | string[]) => string) =>
    text.replace(/\$(\w+)/g, (whole, name: string) => {
      const values = variables[name];
      return values === undefined
        ? whole
        : (format?.(values.length === 1 ? (values[0] ?? '') : values) ?? values.join());
    }),
  getVariables: () => [],
} as unknown as TemplateSrv;

const settings = {
  uid: 'patchhaven',
  name: 'Patchhaven',
  type: 'x',
  meta: {},
} as unknown as DataSourceInstanceSettings<PatchhavenOptions>;

function aDataSource() {
  return new PatchhavenDataSource(settings, templates, () => goldenNow);
}

interface RequestParts {
  readonly filters?: AdHocVariableFilter[];
  readonly raw?: RawTimeRange;
}

function aRequest(targets: ReadonlyArray<Partial<PatchhavenQuery>>, { filters, raw }: RequestParts = {}) {
  const from = dateTime(goldenNow - 6 * 3_600_000);
  const to = dateTime(goldenNow);
  return {
    requestId: 'Q1',
    targets: targets.map((target, index) => ({ refId: 'ABC'[index], ...target })),
    range: { from, to, raw: raw ?? { from, to } },
    scopedVars: {},
    timezone: 'utc',
    app: CoreApp.Dashboard,
    ...(filters !== undefined && { filters }),
  } as unknown as DataQueryRequest<PatchhavenQuery>;
}

/** Every list as the exporter's tests wrote it; whatever else is asked is not there, like in an older exporter. */
function answerGolden(path: string): FakeAnswer {
  const [, name = ''] = /^\/(\w+)(?:\?|$)/.exec(path) ?? [];
  const known = ['events', 'windows', 'ledger', 'devices', 'updates', 'compliance', 'topology', 'sources', 'status'];
  return known.includes(name) ? { data: golden(name) } : aProblem(404, 'not_found', 'There is nothing at this path.');
}

async function run(target: Partial<PatchhavenQuery>, parts: RequestParts = {}): Promise<DataQueryResponse> {
  return lastValueFrom(aDataSource().query(aRequest([target], parts)));
}

const column = (frame: DataFrame | undefined, name: string): unknown[] => [
  ...(frame?.fields.find((field) => field.name === name)?.values ?? ['no such column']),
];
const noticesOf = (response: DataQueryResponse) =>
  (response.data as DataFrame[]).flatMap(({ meta }) => meta?.notices?.map(({ text }) => text) ?? []);
const errorOf = (response: DataQueryResponse) => response.errors?.[0];

describe('query', () => {
  it('reads the event log of the range', async () => {
    const fake = startFakeExporter(answerGolden);
    const { data, state } = await run({ queryType: 'events' });
    expect(state).toBe(LoadingState.Done);
    expect(readEventFrame(data[0])).toEqual([
      expect.objectContaining({
        kind: 'planned',
        title: 'Planned maintenance',
        text: 'patch night. Owner ops',
        device: 'ninja:1',
        deviceName: 'SRV-1',
        instance: 'srv-1:9182',
        time: Date.UTC(2026, 2, 10, 2),
        timeEnd: Date.UTC(2026, 2, 10, 3),
        id: 'event/ninja/activity-77',
      }),
    ]);
    const asked = new URLSearchParams(fake.requests[0]?.split('?')[1]);
    expect(asked.get('from')).toBe('2026-03-09T20:00:06.000Z');
    expect(asked.get('to')).toBe('2026-03-10T02:00:06.000Z');
    expect(asked.get('type')).not.toContain('device.observed');
  });

  it('reads windows as regions with their own columns', async () => {
    startFakeExporter(answerGolden);
    const { data } = await run({ queryType: 'windows' });
    const [open, closed] = readEventFrame(data[0]).sort(
      (a, b) => Number(a.outcome) - Number(b.outcome) || b.id.localeCompare(a.id),
    );
    expect(open).toMatchObject({
      kind: 'quiet',
      severity: 'info',
      timeEnd: null,
      endsAt: Date.UTC(2026, 2, 10, 2, 28),
    });
    expect(closed).toMatchObject({
      kind: 'quiet',
      severity: 'ok',
      outcome: 'returned',
      timeEnd: Date.UTC(2026, 2, 10, 1, 59, 40),
    });
    expect(column(data[0], 'budget')).toEqual([1800, 1800]);
    expect(column(data[0], 'verification').sort()).toEqual([null, 'passed'].sort());
  });

  it('merges events, windows, health checks and refusals into one timeline', async () => {
    startFakeExporter(answerGolden);
    const { data } = await run({ queryType: 'timeline' });
    expect(readEventFrame(data[0]).map(({ id, kind }) => [id.split('/')[0], kind])).toEqual(
      expect.arrayContaining([
        ['event', 'planned'],
        ['window', 'quiet'],
        ['verification', 'verification-passed'],
        ['ledger', 'page'],
      ]),
    );
  });

  it('shows an event once, whatever the exporter sends twice', async () => {
    const page = golden<{ items: unknown[] }>('events');
    startFakeExporter(() => ({ data: { ...page, items: [...page.items, ...page.items] } }));
    expect((await run({ queryType: 'events' })).data[0].length).toBe(1);
  });

  it('shows events of an unknown type, without device and with foreign data', async () => {
    const [event] = golden<{ items: object[] }>('events').items;
    const odd = {
      ...event,
      id: 'x/1',
      type: 'disk.full',
      device: '',
      deviceName: null,
      instance: null,
      data: { patches: 'all', start: 4 },
    };
    startFakeExporter(() => ({ data: { items: [odd], nextCursor: null } }));
    expect(readEventFrame((await run({ queryType: 'events' })).data[0])).toEqual([
      expect.objectContaining({ kind: 'note', title: 'disk.full', device: null, href: null }),
    ]);
  });

  it('reads the ledger as a table and as logs', async () => {
    startFakeExporter(answerGolden);
    const table = await run({ queryType: 'ledger' });
    expect(column(table.data[0], 'text')[0]).toMatch(/^Quiet for 30 minutes/);
    expect(column(table.data[0], 'name')).toEqual(['SRV-1']);
    const logs = await run({ queryType: 'ledger', ledgerFormat: 'logs' });
    expect(logs.data[0].meta).toMatchObject({ type: 'log-lines', preferredVisualisationType: 'logs' });
    expect(column(logs.data[0], 'body')[0]).toMatch(/^SRV-1: Quiet/);
  });

  it('draws one lane per device and leaves a stale one open', async () => {
    startFakeExporter(answerGolden);
    const { data } = await run({ queryType: 'states', legend: '{{name}} ({{organization}})' });
    const frames = data as DataFrame[];
    expect(frames.map(({ name }) => name)).toContain('SRV-1 (acme)');
    const lane = frames.find(({ name }) => name === 'SRV-1 (acme)');
    expect(column(lane, 'state')).toContain('Quiet');
    expect(lane?.fields[1]?.labels).toMatchObject({ instance: 'srv-1:9182', device: 'ninja:1', organization: 'acme' });
    expect(lane?.fields[1]?.config.mappings?.[0]?.options).toMatchObject({ Quiet: { color: 'blue' } });
  });

  it('reads up and down as Prometheus writes them', async () => {
    startFakeExporter(answerGolden);
    const { data } = await run({ queryType: 'states', stateKind: 'uptime' });
    const lane = (data as DataFrame[]).find(({ name }) => name === 'SRV-1');
    expect(column(lane, 'up')).toEqual([1, 0]);
  });

  it('tells unknown from compliant in devices and compliance', async () => {
    startFakeExporter(answerGolden);
    const devices = await run({ queryType: 'devices' });
    expect(column(devices.data[0], 'compliance')).toContain('unknown');
    expect(column(devices.data[0], 'rebootPending')).toContain(null);
    const compliance = await run({ queryType: 'compliance', by: 'site' });
    expect(column(compliance.data[0], 'unknown')).toEqual([0, 1, 0]);
    expect(compliance.data[0].fields.find(({ name }: { name: string }) => name === 'compliantRatio').config.unit).toBe(
      'percentunit',
    );
  });

  it('counts the devices of each update by status', async () => {
    startFakeExporter(answerGolden);
    const { data } = await run({ queryType: 'updates' });
    expect(column(data[0], 'id')).toEqual(['KB5041160', 'KB5041999']);
    expect(column(data[0], 'failed')).toEqual([1, 0]);
    expect(column(data[0], 'missing')).toEqual([0, 1]);
  });

  it('gives the node graph nodes whose arcs are whole, and no edge to nowhere', async () => {
    startFakeExporter(answerGolden);
    const { data } = await run({ queryType: 'topology', depth: 'device', organization: ['acme'] });
    const [nodes, edges] = data as DataFrame[];
    expect(nodes?.meta?.preferredVisualisationType).toBe('nodeGraph');
    expect(new Set(column(nodes, 'subtitle'))).toEqual(new Set(['organization', 'site of acme', 'device of acme']));
    const arcs = ['arc__compliant', 'arc__nonCompliant', 'arc__unknown'].map((name) => column(nodes, name) as number[]);
    for (const index of column(nodes, 'id').keys()) {
      expect(arcs.reduce((sum, arc) => sum + (arc[index] ?? 0), 0)).toBeCloseTo(1);
    }
    const ids = column(nodes, 'id');
    for (const end of [...column(edges, 'source'), ...column(edges, 'target')]) {
      expect(ids).toContain(end);
    }
  });

  it('says which version rollouts need instead of failing', async () => {
    startFakeExporter(answerGolden);
    const response = await run({ queryType: 'rollouts' });
    expect(errorOf(response)).toBeUndefined();
    expect(noticesOf(response)).toEqual(['This exporter has no rollouts yet: they need version 0.2.0 or later.']);
  });

  it('reads rollouts where the exporter has them', async () => {
    startFakeExporter(() => ({
      data: { items: [{ id: 'r-1', name: 'March', state: 'running', createdAt: '2026-03-10T00:00:00Z' }, 7] },
    }));
    const { data } = await run({ queryType: 'rollouts' });
    expect(column(data[0], 'name')).toEqual(['March']);
  });
});

describe('filters', () => {
  const event = (organization: string, device: string) => ({
    ...golden<{ items: object[] }>('events').items[0],
    id: `x/${device}`,
    organization,
    device,
    deviceName: device,
    type: 'patch.installed',
    data: {},
  });
  const both = () => ({ data: { items: [event('acme', 'a'), event('globex', 'g')], nextCursor: null } });
  const devicesOf = (response: DataQueryResponse) => column(response.data[0], 'device');

  it('puts a variable of one value to the exporter', async () => {
    const fake = startFakeExporter(both);
    expect(devicesOf(await run({ queryType: 'events', organization: ['$organization'] }))).toEqual(['a']);
    expect(fake.requests[0]).toContain('organization=acme');
  });

  it('asks once per organization for a variable of several', async () => {
    const fake = startFakeExporter((path) => ({
      data: { items: path.includes('acme') ? [event('acme', 'a')] : [event('globex', 'g')], nextCursor: null },
    }));
    expect(devicesOf(await run({ queryType: 'events', organization: ['$both'] })).sort()).toEqual(['a', 'g']);
    expect(fake.requests).toHaveLength(2);
  });

  it('does not filter by a variable that stands for all', async () => {
    const fake = startFakeExporter(both);
    expect(devicesOf(await run({ queryType: 'events', organization: ['$all'] }))).toHaveLength(2);
    expect(fake.requests[0]).not.toContain('organization');
  });

  it('names a variable that does not exist, instead of showing nothing', async () => {
    startFakeExporter(both);
    expect(errorOf(await run({ queryType: 'events', organization: ['$nobody'] }))?.message).toBe(
      'The variable $nobody does not exist on this dashboard.',
    );
  });

  it.each([
    ['=', 'acme', ['a']],
    ['!=', 'acme', ['g']],
    ['=~', 'gl.*', ['g']],
    ['!~', 'gl.*', ['a']],
  ])('applies an ad-hoc filter organization %s %s', async (operator, value, expected) => {
    startFakeExporter(both);
    const response = await run({ queryType: 'events' }, { filters: [{ key: 'organization', operator, value }] });
    expect(devicesOf(response)).toEqual(expected);
  });

  it('says that a filter is not known or does not apply, and that a pattern is none', async () => {
    startFakeExporter(both);
    const unknown = await run({ queryType: 'events' }, { filters: [{ key: 'job', operator: '=', value: 'node' }] });
    expect(noticesOf(unknown)[0]).toContain('"job = node" is not known');
    const idle = await run({ queryType: 'events' }, { filters: [{ key: 'kind', operator: '=~', value: '(' }] });
    expect(errorOf(idle)?.message).toContain('not a valid regular expression');
    startFakeExporter(answerGolden);
    const useless = await run({ queryType: 'updates' }, { filters: [{ key: 'device', operator: '=', value: 'x' }] });
    expect(noticesOf(useless)[0]).toContain('Filters on device do not apply');
  });

  it('finds a device by its instance and asks for its id', async () => {
    const fake = startFakeExporter(answerGolden);
    await run({ queryType: 'events', device: ['srv-1:9182'] });
    expect(fake.requests.at(-1)).toContain('device=ninja%3A1');
  });

  it('keeps events of one site by the devices there', async () => {
    const fake = startFakeExporter((path) =>
      path.startsWith('/devices') ? { data: golden('devices') } : { data: golden('events') },
    );
    expect((await run({ queryType: 'events', site: ['Berlin'] })).data[0].length).toBe(1);
    expect((await run({ queryType: 'events', site: ['Rome'] })).data[0].length).toBe(0);
    expect(fake.requests[0]).toContain('site=Berlin');
  });

  it('filters by kind', async () => {
    startFakeExporter(answerGolden);
    const filters = [{ key: 'kind', operator: '=', value: 'verification-passed' }];
    const { data } = await run({ queryType: 'timeline' }, { filters });
    expect(readEventFrame(data[0]).map(({ kind }) => kind)).toEqual(['verification-passed']);
  });
});

describe('what goes wrong', () => {
  it('says how much is shown when the limit cuts', async () => {
    const [event] = golden<{ items: object[] }>('events').items;
    let count = 0;
    startFakeExporter((path) => {
      const limit = Number(new URLSearchParams(path.split('?')[1]).get('limit'));
      const items = Array.from({ length: limit }, () => ({ ...event, id: `x/${(count += 1)}` }));
      return { data: { items, nextCursor: `c${count}` } };
    });
    const response = await run({ queryType: 'events', limit: 2500 });
    expect(response.data[0].length).toBe(2500);
    expect(noticesOf(response)).toEqual([
      'Only 2,500 newest entries of a log are shown; there are more. Narrow the time range, filter, or raise the limit of the query.',
    ]);
  });

  it('reads five years page by page', async () => {
    const [event] = golden<{ items: object[] }>('events').items;
    let count = 0;
    startFakeExporter(() => ({
      data: {
        items: Array.from({ length: 1000 }, () => ({ ...event, id: `x/${(count += 1)}` })),
        nextCursor: count < 4000 ? `c${count}` : null,
      },
    }));
    const from = dateTime('2021-03-10T00:00:00Z');
    const request = aRequest([{ queryType: 'events' }]);
    request.range = { ...request.range, from };
    const response = await lastValueFrom(aDataSource().query(request));
    expect(response.data[0].length).toBe(4000);
    expect(noticesOf(response)).toEqual([]);
  });

  it.each([
    [400, { message: 'Authentication to data source failed' }, /refused the token/],
    [403, aProblem(403, 'forbidden', 'This needs the role viewer.').data, /role viewer/],
    [409, aProblem(409, 'conflict', 'Not possible now.').data, /Not possible now/],
    [500, aProblem(500, 'internal', 'This is a fault of Patchhaven.').data, /fault of Patchhaven.*request-1/],
    [502, { message: 'Bad Gateway' }, /cannot reach the exporter/],
    [504, { message: 'Gateway Timeout' }, /took too long/],
  ])('turns %i into a sentence', async (status, data, words) => {
    startFakeExporter(() => ({ status, data }));
    const response = await run({ queryType: 'events' });
    expect(response.state).toBe(LoadingState.Error);
    expect(errorOf(response)).toMatchObject({ refId: 'A', message: expect.stringMatching(words) });
  });

  it('shows one query when the other fails', async () => {
    startFakeExporter((path) => (path.startsWith('/ledger') ? { status: 503, data: {} } : answerGolden(path)));
    const response = await lastValueFrom(
      aDataSource().query(aRequest([{ queryType: 'events' }, { queryType: 'ledger' }])),
    );
    expect(response.data).toHaveLength(1);
    expect(response.errors).toEqual([expect.objectContaining({ refId: 'B' })]);
  });

  it('names a query type of a newer plugin', async () => {
    startFakeExporter(answerGolden);
    const response = await run({ queryType: 'forecast' as 'events' });
    expect(errorOf(response)?.message).toMatch(/"forecast", which needs a newer version/);
  });

  it('gives up its requests with the subscription', () => {
    jest.useFakeTimers();
    const fake = startFakeExporter(() => undefined);
    aDataSource()
      .query(aRequest([{ queryType: 'topology' }]))
      .subscribe()
      .unsubscribe();
    expect(fake.abandoned).toHaveLength(1);
    jest.useRealTimers();
  });

  it('asks nothing for hidden queries', async () => {
    const fake = startFakeExporter(answerGolden);
    const request = aRequest([{ queryType: 'events', hide: true }]);
    expect(await lastValueFrom(aDataSource().query(request))).toEqual({ data: [] });
    expect(fake.requests).toEqual([]);
  });

  it('has no window end before it began, however long it is overdue', async () => {
    const page = golden<{ items: PatchWindow[] }>('windows');
    const planned = {
      ...page.items[0],
      id: 'w-9',
      kind: 'maintenance',
      open: false,
      openedAt: '2026-03-10T05:00:00.000Z',
      endsAt: '2026-03-10T06:00:00.000Z',
    };
    startFakeExporter(() => ({ data: { items: [planned], nextCursor: null } }));
    const [row] = readEventFrame((await run({ queryType: 'windows' })).data[0]);
    expect(row).toMatchObject({ kind: 'planned', timeEnd: Date.UTC(2026, 2, 10, 6) });
  });
});

describe('the rest of the interface', () => {
  it('starts Explore with the log and panels with the timeline', () => {
    expect(aDataSource().getDefaultQuery(CoreApp.Explore)).toMatchObject({ queryType: 'events' });
    expect(aDataSource().getDefaultQuery(CoreApp.Dashboard)).toMatchObject({ queryType: 'timeline' });
  });

  it('describes a query in a line', () => {
    expect(aDataSource().getQueryDisplayText({ queryType: 'states', site: ['Berlin'] } as PatchhavenQuery)).toBe(
      'Device states · site Berlin',
    );
  });

  it('fills in variables for those who copy a query', () => {
    const [query] = aDataSource().interpolateVariablesInQueries([{ organization: ['$both'] } as PatchhavenQuery], {});
    expect(query?.organization).toEqual(['acme', 'globex']);
  });

  it('offers keys and values for ad-hoc filters', async () => {
    startFakeExporter(answerGolden);
    const datasource = aDataSource();
    expect((await datasource.getTagKeys()).map(({ text }) => text)).toContain('organization');
    const values = async (key: string) => (await datasource.getTagValues({ key, filters: [] })).map(({ text }) => text);
    expect(await values('organization')).toEqual(['acme', 'globex']);
    expect(await values('instance')).toContain('srv-1:9182');
    expect(await values('kind')).toContain('quiet');
    expect(await values('source')).toEqual(['ninja']);
    expect(await values('planet')).toEqual([]);
  });
});
