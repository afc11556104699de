import { createDataFrame, FieldType } from '@grafana/data';
import { eventFrameKind, type EventRow, isEventFrame, readEventFrame, toEventFrame } from './event-frame';

const row: EventRow = {
  time: 1_000,
  timeEnd: null,
  title: 'Quiet window',
  text: '',
  kind: 'quiet',
  severity: 'info',
  device: 'ninja:1',
  deviceName: 'SRV-1',
  instance: 'srv-1:9182',
  organization: 'acme',
  href: null,
  id: 'window/w-1',
  endsAt: 9_000,
  outcome: null,
};

describe('event frame', () => {
  it('gives back the rows that went in, sorted by time', () => {
    const later = { ...row, id: 'window/w-2', time: 2_000 };
    const frame = toEventFrame([later, row], { refId: 'A' });
    expect(isEventFrame(frame)).toBe(true);
    expect(frame.refId).toBe('A');
    expect(readEventFrame(frame)).toEqual([{ ...row, text: '' }, later]);
  });

  it('keeps one of two rows with the same id', () => {
    expect(toEventFrame([row, { ...row, title: 'again' }]).length).toBe(1);
  });

  it('starts with the time, so that Grafana finds it', () => {
    expect(
      toEventFrame([])
        .fields.slice(0, 2)
        .map(({ name, type }) => [name, type]),
    ).toEqual([
      ['time', FieldType.time],
      ['timeEnd', FieldType.time],
    ]);
  });

  it('reads a frame with missing fields and unknown words, and leaves out rows without time', () => {
    const frame = createDataFrame({
      meta: { custom: { kind: eventFrameKind } },
      fields: [
        { name: 'time', type: FieldType.time, values: [1, null, Number.NaN] },
        { name: 'kind', type: FieldType.string, values: ['explosion', 'quiet', 'quiet'] },
      ],
    });
    expect(readEventFrame(frame)).toEqual([
      expect.objectContaining({ time: 1, kind: 'note', severity: 'info', device: null, id: '1/0' }),
    ]);
  });

  it('takes no other frame for one of events', () => {
    expect(isEventFrame(createDataFrame({ fields: [] }))).toBe(false);
  });
});
