import { createDataFrame, type DataFrame, type FieldConfig, FieldType, MappingType } from '@grafana/data';
import { devicePath } from '../../shared/links';
import type { PatchhavenQuery } from '../query';
import { type DeviceHistory, patchChanges, patchStates, type StateRange, uptimeChanges } from './states';
import { type FrameOptions, instanceOf } from './tables';

/** Colours of the theme, in the order of the states. */
const colors: Record<(typeof patchStates)[number], string> = {
  Overdue: 'red',
  'Check failed': 'semi-dark-red',
  Quiet: 'blue',
  Maintenance: 'purple',
  Installing: 'yellow',
  'Restart pending': 'orange',
  'No patch activity': 'semi-dark-green',
};

const patchMappings: FieldConfig['mappings'] = [
  {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      patchStates.map((state, index) => [state, { text: state, color: colors[state], index }]),
    ),
  },
];

const uptimeMappings: FieldConfig['mappings'] = [
  {
    type: MappingType.ValueToText,
    options: { '1': { text: 'Up', color: 'green', index: 0 }, '0': { text: 'Down', color: 'red', index: 1 } },
  },
];

/** One frame per device: a state with the time it began. Uptime is 1 and 0, as `up` of Prometheus has it. */
export function statesFrame(
  history: DeviceHistory,
  range: StateRange,
  { stateKind, legend }: Pick<PatchhavenQuery, 'stateKind' | 'legend'>,
  { refId, span }: FrameOptions,
): DataFrame {
  const { device } = history;
  const isUptime = stateKind === 'uptime';
  const changes = isUptime ? uptimeChanges(history, range) : patchChanges(history, range);
  const name = formatLegend(legend, device);
  const instance = instanceOf(device);
  return createDataFrame({
    refId,
    name,
    fields: [
      { name: 'time', type: FieldType.time, config: {}, values: changes.map(({ atMs }) => atMs) },
      {
        name: isUptime ? 'up' : 'state',
        type: isUptime ? FieldType.number : FieldType.string,
        labels: {
          device: device.id,
          name: device.name,
          organization: device.organization,
          ...(instance !== null && { instance }),
          ...(device.site !== null && { site: device.site }),
        },
        config: {
          displayNameFromDS: name,
          mappings: isUptime ? uptimeMappings : patchMappings,
          links: [{ title: 'Open device', url: devicePath(device.id, span) }],
        },
        values: changes.map(({ value }) => (isUptime ? toNumber(value) : value)),
      },
    ],
  });
}

function toNumber(value: unknown): number | null {
  return value === 'Up' ? 1 : value === 'Down' ? 0 : null;
}

/** Fills `{{name}}` and its like; by default the name of the device. */
export function formatLegend(legend: string, device: DeviceHistory['device']): string {
  const values: Readonly<Record<string, string | null>> = {
    name: device.name,
    id: device.id,
    instance: instanceOf(device),
    organization: device.organization,
    site: device.site,
    source: device.source,
  };
  const text = legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, key: string) =>
    key in values ? (values[key] ?? '') : whole,
  );
  return text.trim() === '' ? device.name : text;
}
