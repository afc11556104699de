import type { Device } from '../../shared/api/types';
import { createMatcher, type Facts, listOf } from '../filters';
import { type DeviceHistory } from '../frames/states';
import { statesFrame } from '../frames/states-frame';
import { devicesFrame, instanceOf } from '../frames/tables';
import type { Scope } from '../scope';
import { cutNotice, filterNotices, type Loaded, type LoadContext, spanOf } from './context';
import { readEvents, readWindows } from './timeline';

const deviceKeys = ['organization', 'site', 'group', 'device', 'instance', 'source'] as const;
/** More lanes than this no screen shows, and each costs a frame. */
const maxLanes = 500;
/** Records for states: a few per device and night. */
const maxRecords = 20_000;
/** An install or window that began before the range still shows in it. */
const lookBackMs = 4 * 3_600_000;

const stateEvents = [
  'patch.install.started',
  'patch.installed',
  'patch.install.failed',
  'patch.install.completed',
  'reboot.pending',
  'reboot.started',
  'reboot.completed',
];

export async function loadDevices(context: LoadContext): Promise<Loaded> {
  const { devices, isCut } = await readDevices(context, context.query.limit);
  return {
    frames: [devicesFrame(devices, { refId: context.query.refId, span: spanOf(context) })],
    notices: [...(isCut ? [cutNotice(devices.length, 'devices', false)] : []), ...filterNotices(context, deviceKeys)],
  };
}

export async function loadStates(context: LoadContext): Promise<Loaded> {
  const { query, range } = context;
  const { devices, isCut } = await readDevices(context, Math.min(query.limit, maxLanes));
  const histories = await readHistories(context, devices);
  const options = { refId: query.refId, span: spanOf(context) };
  return {
    frames: histories.histories.map((history) => statesFrame(history, range, query, options)),
    notices: [
      ...(isCut ? [cutNotice(devices.length, 'devices', false)] : []),
      ...(histories.isCut
        ? ['There are too many records in this range: states may lack their oldest part. Filter, or narrow the range.']
        : []),
      ...filterNotices(context, deviceKeys),
    ],
  };
}

async function readHistories(context: LoadContext, devices: readonly Device[]) {
  if (devices.length === 0) {
    return { histories: [], isCut: false };
  }
  const { range } = context;
  const scope = scopeFor(devices);
  const span = { fromMs: range.fromMs - lookBackMs, toMs: range.toMs };
  const records = {
    ...context,
    filters: [],
    query: { ...context.query, limit: maxRecords, windowKind: 'all' as const },
  };
  const [windows, events] = await Promise.all([
    readWindows(records, scope, span),
    readEvents(records, scope, span, stateEvents),
  ]);
  const windowsOf = groupByDevice(windows.items);
  const eventsOf = groupByDevice(events.items);
  const histories = devices.map((device): DeviceHistory => ({
    device,
    windows: windowsOf.get(device.id) ?? [],
    events: eventsOf.get(device.id) ?? [],
  }));
  return { histories, isCut: windows.isCut || events.isCut };
}

/** Few devices are asked for one by one, many by their organizations. */
function scopeFor(devices: readonly Device[]): Scope {
  if (devices.length <= 10) {
    return { parts: devices.map(({ id }) => ({ device: id })), members: undefined, notices: [] };
  }
  const organizations = [...new Set(devices.map(({ organization }) => organization))];
  const parts = organizations.length <= 10 ? organizations.map((organization) => ({ organization })) : [{}];
  return { parts, members: undefined, notices: [] };
}

function groupByDevice<T extends { readonly device: string }>(items: readonly T[]): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.device);
    if (group === undefined) {
      groups.set(item.device, [item]);
    } else {
      group.push(item);
    }
  }
  return groups;
}

interface DeviceList {
  readonly devices: readonly Device[];
  readonly isCut: boolean;
}

/** Devices that match all filters; the exporter narrows by what it takes singly, the rest is done here. */
async function readDevices({ client, query, filters, signal }: LoadContext, limit: number): Promise<DeviceList> {
  const single = (key: 'organization' | 'site' | 'group' | 'source') => {
    const values = listOf(filters, key);
    return values?.length === 1 && values[0] !== undefined ? { [key]: values[0] } : {};
  };
  const names = listOf(filters, 'device') ?? listOf(filters, 'instance');
  const narrow = { ...single('organization'), ...single('site'), ...single('group'), ...single('source') };
  const text = names?.length === 1 ? names[0] : query.text;
  const matches = createMatcher(filters);
  // What is filtered here must not use up the limit, so a filtered list is read further than it is shown.
  const isFilteredHere = filters.length > Object.keys(narrow).length;
  const pages = await client.getPages(
    '/devices',
    { query: { ...narrow, ...(text !== undefined && text !== '' && { text: text.slice(0, 200) }) }, signal },
    isFilteredHere ? maxRecords : limit,
  );
  const devices = pages.items.filter((device) => matches(factsOf(device)));
  return { devices: devices.slice(0, limit), isCut: devices.length > limit || pages.isCut };
}

function factsOf(device: Device): Facts {
  const instance = instanceOf(device);
  return {
    organization: device.organization,
    site: device.site,
    group: device.groups.length === 0 ? null : device.groups,
    device: [device.id, device.name, instance],
    instance,
    source: device.source,
  };
}
