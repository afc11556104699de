import { noCapabilities } from '../../../exporter/src/domain/capabilities.ts';
import type { RmmConnector } from '../../../exporter/src/connectors/connector.ts';
import { deviceKey, type DeviceFacts } from '../../../exporter/src/domain/device.ts';
import type { DomainEvent } from '../../../exporter/src/domain/event.ts';
import { ConnectorError } from '../../../exporter/src/domain/errors.ts';
import type { SourceEvent } from '../../../exporter/src/domain/snapshot.ts';
import type { UnixSeconds } from '../../../exporter/src/domain/time.ts';
import type { Scenario, ScenarioDevice } from '../generator/scenario.ts';

export const rmmSource = 'rmm';

/** Seconds between a machine's power-on and its first answer to a scrape. */
export const bootSeconds = 30;

/** When the machine last booted; `bornAt` before its first reboot. */
export function bootTimeAt(device: ScenarioDevice, at: UnixSeconds, bornAt: UnixSeconds): UnixSeconds {
  const boots = device.outages.filter(({ boots, upAt }) => boots && upAt <= at).map(({ upAt }) => upAt - bootSeconds);
  return Math.max(bornAt, ...boots);
}

/** A vendor that knows what the scenario lets it know. `isDown` at the moment of the question decides whether it answers. */
export function createRmm(scenario: Scenario, isDown: () => boolean): RmmConnector {
  const log = scenario.deliveries.filter(({ route }) => route === 'rmm');
  const factsOf = (device: ScenarioDevice, now: UnixSeconds): DeviceFacts => describe(scenario, device, now);
  const answer = (): void => {
    if (isDown()) throw new ConnectorError('unavailable', 'the vendor is down');
  };
  const nothing = { dropped: {}, unknownWords: {} };
  return {
    id: rmmSource,
    type: 'model',
    capabilities: {
      ...noCapabilities,
      snapshots: true,
      perPatch: true,
      rebootPending: true,
      events: true,
      lookup: true,
    },
    async collect({ clock }) {
      answer();
      const now = clock.now();
      const devices = scenario.devices.map((device) => factsOf(device, now));
      return Promise.resolve({ startedAt: now, completedAt: now, devices, ...nothing });
    },
    async readEvents(cursor, { clock }) {
      answer();
      const told = log.filter(({ at }) => at <= clock.now());
      const events = told.slice(Number(cursor ?? 0)).map(toSourceEvent);
      return Promise.resolve({ events, cursor: String(told.length), ...nothing });
    },
    async lookup(vendorId, { clock }) {
      answer();
      const now = clock.now();
      const device = scenario.devices.find(({ id }) => id === vendorId);
      const events = log.filter((told) => told.device === vendorId && told.at <= now).map(toSourceEvent);
      return Promise.resolve({ ...(device === undefined ? {} : { facts: factsOf(device, now) }), events, ...nothing });
    },
  };
}

/** What the exporter has known since before the scenario: reboots that have been pending for hours or weeks. */
export function earlierObservations(scenario: Scenario): DomainEvent[] {
  return scenario.devices.flatMap((device): DomainEvent[] => {
    const at = device.pendingSince;
    if (at === undefined) return [];
    return [
      {
        source: rmmSource,
        dedupKey: `earlier/${device.id}`,
        organization: device.organization,
        device: deviceKey(rmmSource, device.id),
        occurredAt: at,
        receivedAt: at,
        type: 'device.observed',
        data: describe(scenario, device, at),
      },
    ];
  });
}

function describe({ startAt }: Scenario, device: ScenarioDevice, now: UnixSeconds): DeviceFacts {
  return {
    vendorId: device.id,
    organization: device.organization,
    groups: [],
    tags: [],
    displayName: device.instance,
    hostNames: [device.instance.replace(':9100', '')],
    ipAddresses: [],
    lastBootAt: bootTimeAt(device, now, startAt - 60 * 24 * 3600),
    ...(device.pendingSince === undefined ? {} : { rebootPending: isPending(device, now) }),
  };
}

/** The first reboot answers a fresh "pending"; what has been pending for weeks is a bug of the vendor and stays. */
function isPending(device: ScenarioDevice, now: UnixSeconds): boolean {
  return (
    device.story.startsWith('reboot pending for weeks') ||
    !device.outages.some(({ boots, upAt }) => boots && upAt <= now)
  );
}

function toSourceEvent({ id, device, event }: Scenario['deliveries'][number]): SourceEvent {
  return { ...event, dedupKey: id, vendorDeviceId: device };
}
