import { createDataFrame, FieldType } from '@grafana/data';
import { type EventRow, toEventFrame } from '../../shared/frames/event-frame';
import { eventsFromFrames, isEventsFrame } from './frames-to-events';

const row: EventRow = {
  time: 1_000,
  timeEnd: null,
  title: 'KB5041160 Cumulative update',
  text: '',
  kind: 'installed',
  severity: 'info',
  device: 'ninja:1',
  deviceName: 'WEB-01',
  instance: 'web-01:9182',
  organization: 'acme',
  href: null,
  id: 'ninja/77',
  endsAt: null,
  outcome: null,
};

function annotation(fields: Record<string, unknown>) {
  return createDataFrame({
    name: 'deploys',
    meta: { dataTopic: 'annotations' as never },
    fields: Object.entries(fields).map(([name, value]) => ({
      name,
      type: name.startsWith('time') ? FieldType.time : FieldType.other,
      values: [value],
    })),
  });
}

describe('eventsFromFrames', () => {
  it('reads the event frame of the data source', () => {
    const { events, windows, problems } = eventsFromFrames([toEventFrame([row], { refId: 'B' })]);
    expect(problems).toEqual([]);
    expect(windows).toEqual([]);
    expect(events).toMatchObject([
      {
        id: 'ninja/77',
        kind: 'installed',
        atMs: 1_000,
        ref: { organization: 'acme', instance: 'web-01:9182', device: 'ninja:1', deviceName: 'WEB-01' },
        links: [{ title: 'KB5041160 article', href: 'https://support.microsoft.com/help/5041160', external: true }],
      },
    ]);
  });

  it('reads an open window with its absolute end, and one that has closed', () => {
    const open: EventRow = { ...row, id: 'a', kind: 'quiet', endsAt: 9_000 };
    const closed: EventRow = { ...open, id: 'b', timeEnd: 5_000, outcome: 'returned' };
    expect(eventsFromFrames([toEventFrame([open, closed])]).windows).toMatchObject([
      { id: 'a', fromMs: 1_000, toMs: null, endsMs: 9_000 },
      { id: 'b', fromMs: 1_000, toMs: 5_000, endsMs: 9_000, outcome: 'returned' },
    ]);
  });

  it('reads device and kind from the tags of any annotation', () => {
    const frame = annotation({
      time: 5_000,
      timeEnd: 9_000,
      text: 'nightly <b>reboot</b>',
      tags: ['device:web-01', 'kind:reboot.started', 'organization:acme', 'severity:warning'],
    });
    expect(isEventsFrame(frame)).toBe(true);
    expect(eventsFromFrames([frame]).events).toMatchObject([
      {
        kind: 'reboot',
        atMs: 5_000,
        endMs: 9_000,
        title: 'nightly reboot',
        severity: 'warning',
        ref: { device: 'web-01', organization: 'acme' },
      },
    ]);
  });

  it('reads tags that are separated by commas, and takes the rest for notes', () => {
    const { events } = eventsFromFrames([annotation({ time: 5_000, text: 'deploy', tags: 'deploy, instance:web-01' })]);
    expect(events).toMatchObject([{ kind: 'note', ref: { instance: 'web-01' } }]);
  });

  it('turns a region with a window kind into a window', () => {
    const frame = annotation({
      time: 5_000,
      timeEnd: 9_000,
      text: 'backup',
      tags: ['kind:maintenance', 'device:web-01'],
    });
    expect(eventsFromFrames([frame]).windows).toMatchObject([{ kind: 'maintenance', fromMs: 5_000, toMs: 9_000 }]);
  });

  it('gives two annotations without an id one identity when they say the same', () => {
    const frame = annotation({ time: 5_000, text: 'deploy' });
    const [a, b] = eventsFromFrames([frame, frame]).events;
    expect(a?.id).toBe(b?.id);
  });

  it('says which rows it could not place', () => {
    const frame = createDataFrame({
      refId: 'B',
      fields: [
        { name: 'time', type: FieldType.time, values: [null, 5_000] },
        { name: 'title', type: FieldType.string, values: ['lost', 'placed'] },
        { name: 'kind', type: FieldType.string, values: ['reboot', 'reboot'] },
      ],
    });
    const { events, problems } = eventsFromFrames([frame]);
    expect(events).toHaveLength(1);
    expect(problems).toEqual(['Query B has 1 event without a valid time.']);
  });

  it('does not take a series of states for events', () => {
    const states = createDataFrame({
      fields: [
        { name: 'Time', type: FieldType.time, values: [1] },
        { name: 'Value', type: FieldType.number, values: [1] },
      ],
    });
    expect(isEventsFrame(states)).toBe(false);
  });
});
