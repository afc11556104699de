import { createDataFrame, FieldType, LoadingState } from '@grafana/data';
import { toEventFrame } from '../shared/frames/event-frame';
import { linksForSubject } from './links';
import { defaultOptions } from './options';
import { buildView, emptyText, errorNotices, staleNotice } from './view-model';

const hour = 3_600_000;
const up = createDataFrame({
  refId: 'A',
  fields: [
    { name: 'Time', type: FieldType.time, values: [1000, 2000] },
    { name: 'Value', type: FieldType.number, values: [1, 1], labels: { instance: 'web-01' } },
  ],
});
const deploy = createDataFrame({
  meta: { dataTopic: 'annotations' as never },
  fields: [
    { name: 'time', type: FieldType.time, values: [1500] },
    { name: 'text', type: FieldType.string, values: ['deploy'] },
  ],
});

describe('buildView', () => {
  it('tells states from events, wherever they come from', () => {
    const view = buildView([up, toEventFrame([], { refId: 'B' })], [deploy], defaultOptions, 3000);
    expect(view).toMatchObject({ lanes: [{ label: 'web-01' }], events: [{ title: 'deploy' }], notices: [] });
  });

  it('leaves annotations out when asked to', () => {
    expect(buildView([up], [deploy], { ...defaultOptions, useAnnotations: false }, 3000).events).toEqual([]);
  });
});

describe('emptyText', () => {
  const nothing = buildView([], [], defaultOptions, 3000);

  it.each([
    ['loading', { state: LoadingState.Loading }, /Loading/],
    ['nothing was asked', { state: LoadingState.Done }, /Add a Prometheus query such as up/],
    [
      'a query failed',
      { state: LoadingState.Error, errors: [{ refId: 'A', message: 'bad gateway.' }] },
      /^Query A failed: bad gateway\.$/,
    ],
  ])('when %s', (_, data, text) => {
    expect(emptyText(nothing, data)).toMatch(text);
  });

  it('says which frame is wrong and what it lacks', () => {
    const table = createDataFrame({ refId: 'A', fields: [{ name: 'x', values: ['a'] }] });
    expect(emptyText(buildView([table], [], defaultOptions, 3000), { state: LoadingState.Done })).toMatch(
      /Query A has no time field/,
    );
  });

  it('keeps lanes on the screen while loading and after an error', () => {
    expect(emptyText(buildView([up], [], defaultOptions, 3000), { state: LoadingState.Loading })).toBeUndefined();
    expect(errorNotices({ errors: [{ refId: 'B' }] })).toEqual(['Query B failed: no reason given.']);
  });
});

describe('staleNotice', () => {
  const range = { fromMs: 0, toMs: 6 * hour };

  it('tells how old the newest sample is', () => {
    expect(staleNotice(5.5 * hour, range, 6 * hour)).toMatch(/^The newest uptime sample is 30 min old/);
  });

  it.each([
    ['samples are fresh', 5.99 * hour, 6 * hour],
    ['there are none', undefined, 6 * hour],
    ['the range lies in the past', 5 * hour, 48 * hour],
  ])('is silent when %s', (_, newestMs, nowMs) => {
    expect(staleNotice(newestMs, range, nowMs)).toBeUndefined();
  });
});

describe('linksForSubject', () => {
  const subject = { ref: { instance: 'web-01:9182', organization: 'acme' }, atMs: 5, span: { fromMs: 1.5, toMs: 9.5 } };

  it('opens the device page with the time span', () => {
    expect(linksForSubject(subject, defaultOptions)).toEqual([
      {
        title: 'Open device',
        href: '/a/patchhaven-fleet-app/device?organization=acme&instance=web-01%3A9182&from=1&to=10',
      },
    ]);
  });

  it('opens it by id for a device that no monitoring knows', () => {
    const [link] = linksForSubject({ ...subject, ref: { device: 'ninja:1' } }, defaultOptions);
    expect(link?.href).toBe('/a/patchhaven-fleet-app/device?id=ninja%3A1&from=1&to=10');
  });

  it('has no device page for a whole organization', () => {
    expect(linksForSubject({ ...subject, ref: { organization: 'acme' } }, defaultOptions)).toEqual([]);
  });

  it('fills the runbook, encoded, and refuses addresses that would run code', () => {
    const runbookUrl = 'https://wiki.example.com/{{kind}}?host={{instance}}';
    const options = { linkToApp: false, runbookUrl };
    expect(linksForSubject(subject, options)[0]?.href).toBe('https://wiki.example.com/?host=web-01%3A9182');
    expect(linksForSubject(subject, { linkToApp: false, runbookUrl: 'javascript:alert(1)' })).toEqual([]);
  });
});
