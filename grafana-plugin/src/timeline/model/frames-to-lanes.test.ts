import {
  createDataFrame,
  type DataFrame,
  type Field,
  FieldType,
  MappingType,
  getDisplayProcessor,
  createTheme,
} from '@grafana/data';
import { type LaneOptions, lanesFromFrames } from './frames-to-lanes';

const options: LaneOptions = {
  instanceLabel: 'instance',
  organizationLabel: 'organization',
  laneLabel: '',
  noDataAfterMs: 0,
  untilMs: 100_000,
};
const labels = { instance: 'web-01:9182', organization: 'acme', job: 'node', __name__: 'up' };
const times = [10_000, 20_000, 30_000, 40_000];

function frameOf(field: Partial<Field> & { values: unknown[] }, refId = 'A'): DataFrame {
  return createDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: times.slice(0, field.values.length), config: { interval: 10_000 } },
      { name: 'Value', type: FieldType.number, config: {}, labels, ...field },
    ],
  });
}

describe('lanesFromFrames', () => {
  it('reads a Prometheus series as a lane of its instance and organization', () => {
    const { lanes, problems, newestMs } = lanesFromFrames([frameOf({ values: [1, 1, 0, 1] })], options);
    expect(problems).toEqual([]);
    expect(newestMs).toBe(40_000);
    expect(lanes).toMatchObject([
      { ref: { instance: 'web-01:9182', organization: 'acme' }, label: 'web-01:9182', series: [{ name: 'up node' }] },
    ]);
    expect(lanes[0]?.series[0]?.spans.map((span) => span.state)).toEqual(['up', 'down', 'up']);
  });

  it('puts several series of a device on one lane', () => {
    const iis = frameOf({ values: [1, 1, 1, 1], labels: { ...labels, job: 'iis' } }, 'B');
    const { lanes } = lanesFromFrames([frameOf({ values: [1, 1, 1, 1] }), iis], options);
    expect(lanes.map((lane) => lane.series.map((series) => series.name))).toEqual([['up node', 'up iis']]);
  });

  it('puts states that name the device by its id as well on the lane of its uptime', () => {
    const states = frameOf({ values: [1, 1], labels: { ...labels, device: 'ninja:1', name: 'WEB-01' } }, 'B');
    const { lanes } = lanesFromFrames([frameOf({ values: [1, 1, 1, 1] }), states], options);
    expect(lanes).toMatchObject([{ ref: { instance: 'web-01:9182', device: 'ninja:1' }, series: [{}, {}] }]);
  });

  it('keeps devices of one name in two organizations apart', () => {
    const other = frameOf({ values: [1, 1, 1, 1], labels: { ...labels, organization: 'northwind' } });
    expect(lanesFromFrames([frameOf({ values: [1, 1, 1, 1] }), other], options).lanes).toHaveLength(2);
  });

  it('names a device that no monitoring knows by its name', () => {
    const field = { values: ['Quiet'], type: FieldType.string, labels: { device: 'ninja:1', name: 'WEB-01' } };
    const [lane] = lanesFromFrames([frameOf(field)], options).lanes;
    expect(lane).toMatchObject({ ref: { device: 'ninja:1', deviceName: 'WEB-01' }, label: 'WEB-01' });
    expect(lane?.ref).not.toHaveProperty('instance');
  });

  it('reads a wide frame with one column per device', () => {
    const wide = createDataFrame({
      fields: [
        { name: 'Time', type: FieldType.time, values: times },
        { name: 'a', type: FieldType.boolean, values: [true, true, false, true], labels: { instance: 'a' } },
        { name: 'b', type: FieldType.string, values: ['Online', null, null, 'Offline'], labels: { instance: 'b' } },
      ],
    });
    const { lanes } = lanesFromFrames([wide], options);
    expect(lanes.map((lane) => lane.label)).toEqual(['a', 'b']);
    expect(lanes[1]?.series[0]?.spans.map((span) => span.state)).toEqual(['up', 'down']);
  });

  it('splits a table into devices by its text columns', () => {
    const table = createDataFrame({
      fields: [
        { name: 'Time', type: FieldType.time, values: [20_000, 10_000, 10_000, 20_000] },
        { name: 'instance', type: FieldType.string, values: ['a', 'a', 'b', 'b'] },
        { name: 'Value', type: FieldType.number, values: [0, 1, 1, 1] },
      ],
    });
    const { lanes } = lanesFromFrames([table], options);
    expect(lanes.map(({ label, series }) => [label, series[0]?.spans.map((span) => span.state)])).toEqual([
      ['a', ['up', 'down']],
      ['b', ['up']],
    ]);
  });

  it('lets value mappings say which number is up', () => {
    const config = {
      mappings: [{ type: MappingType.ValueToText as const, options: { '0': { text: 'Up' }, '7': { text: 'Down' } } }],
    };
    const frame = frameOf({ values: [0, 7, 0, 0], config });
    for (const field of frame.fields) {
      field.display = getDisplayProcessor({ field, theme: createTheme() });
    }
    const { lanes, problems } = lanesFromFrames([frame], options);
    expect(lanes[0]?.series[0]?.spans.map((span) => span.state)).toEqual(['up', 'down', 'up']);
    expect(problems).toEqual([]);
  });

  it('names lanes by the template', () => {
    const named = { ...options, laneLabel: '{{organization}} / {{instance}} ({{job}})' };
    expect(lanesFromFrames([frameOf({ values: [1] })], named).lanes[0]?.label).toBe('acme / web-01:9182 (node)');
  });

  it('ends a state where no sample came for the given time', () => {
    const gap = createDataFrame({
      fields: [
        { name: 'Time', type: FieldType.time, values: [0, 60_000] },
        { name: 'Value', type: FieldType.number, values: [1, 1], labels },
      ],
    });
    const { lanes } = lanesFromFrames([gap], { ...options, noDataAfterMs: 30_000 });
    expect(lanes[0]?.series[0]?.spans).toMatchObject([{ toMs: 20_000 }, { fromMs: 60_000 }]);
  });

  it.each<[string, DataFrame, RegExp]>([
    [
      'there is no time',
      createDataFrame({ refId: 'A', fields: [{ name: 'instance', values: ['a'] }] }),
      /Query A has no time field.*Range/,
    ],
    [
      'there is only a time',
      createDataFrame({ refId: 'A', fields: [{ name: 'Time', type: FieldType.time, values: [1] }] }),
      /Query A has a time but no value field/,
    ],
    ['the query was instant', frameOf({ values: [1] }), /one sample per device.*Range, not Instant/],
    ['the values are a measurement', frameOf({ values: [37, 41, 12, 9] }), /Query A has values above 1/],
  ])('says what to change when %s', (_, frame, problem) => {
    expect(lanesFromFrames([frame], options).problems).toEqual([expect.stringMatching(problem)]);
  });

  it('has nothing to say about an empty answer', () => {
    expect(lanesFromFrames([createDataFrame({ fields: [] })], options)).toMatchObject({ lanes: [], problems: [] });
  });
});
