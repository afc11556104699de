import type { DeviceState } from './device-state.ts';
import type { Dice } from './dice.ts';
import type { Fleet } from './fleet.ts';
import type { DeviceIdentity } from './identity.ts';
import { domainOf } from './identity.ts';
import { organizationIdOf } from './organizations.ts';
import { policyIdOfRole } from './platforms.ts';
import { servicesOf } from './services.ts';
import type { Alert, Device, DeviceDetailed, HealthRow, Maintenance, OperatingSystem } from './wire.ts';
import type { OperatingSystemRow, ServiceRow } from './wire.ts';

/** Renders devices into the rows the endpoints serve, as of now. */
export interface Rows {
  device(device: DeviceIdentity): Device;
  deviceDetailed(device: DeviceIdentity): DeviceDetailed;
  operatingSystem(device: DeviceIdentity): OperatingSystemRow[];
  health(device: DeviceIdentity): HealthRow[];
  services(device: DeviceIdentity): ServiceRow[];
  alerts(device: DeviceIdentity): Alert[];
}

export function createRows(fleet: Fleet, dice: Dice, now: () => number, contactSeconds = 60): Rows {
  function device(identity: DeviceIdentity): Device {
    const { id, index, platform } = identity;
    const state = fleet.state(identity);
    const { systemName, dnsName } = identity;
    const maintenance = maintenanceBlock(state, now());
    return {
      id,
      uid: dice.uuid('device-uid', id),
      organizationId: organizationIdOf(identity.organizationIndex),
      locationId: identity.locationId,
      nodeClass: platform.nodeClass,
      nodeRoleId: platform.roleId,
      rolePolicyId: policyIdOfRole(platform.roleId),
      ...(dice.draw('policy-override', index) < 0.05 ? { policyId: 90 } : {}),
      approvalStatus: identity.approvalStatus,
      offline: state.offline,
      displayName: identity.displayName,
      ...(systemName === undefined ? {} : { systemName, netbiosName: systemName.slice(0, 15).toUpperCase() }),
      ...(dnsName === undefined ? {} : { dnsName }),
      created: fleet.epoch - identity.ageSeconds,
      lastContact: lastContact(state, id),
      lastUpdate: lastContact(state, id) - 300,
      tags: identity.tags && [...identity.tags],
      userData: {},
      ...(maintenance === undefined ? {} : { maintenance }),
    };
  }

  const lastContact = (state: Readonly<DeviceState>, id: number): number =>
    state.offline ? state.lastContact : now() - dice.draw('contact', id) * contactSeconds;

  function os({ platform }: DeviceIdentity, state: Readonly<DeviceState>): OperatingSystem | undefined {
    if (platform.os === undefined) return undefined;
    return {
      name: platform.os.name,
      manufacturer: platform.os.manufacturer,
      architecture: '64-bit',
      buildNumber: platform.os.build,
      releaseId: platform.os.release,
      lastBootTime: state.lastBoot,
      needsReboot: state.needsReboot,
    };
  }

  function deviceDetailed(identity: DeviceIdentity): DeviceDetailed {
    const { index, ipAddresses, organizationIndex, platform } = identity;
    const system = os(identity, fleet.state(identity));
    const virtualMachine = dice.draw('virtual', index) < 0.6;
    return {
      ...device(identity),
      ipAddresses: ipAddresses && [...ipAddresses],
      macAddresses: ipAddresses && [macAddress(index)],
      publicIP: `203.0.113.${String(1 + (organizationIndex % 254))}`,
      notes: null,
      deviceType: platform.os === undefined ? 'NMS' : 'AGENT_DEVICE',
      ...(system === undefined ? {} : { os: system }),
      ...(system === undefined
        ? {}
        : {
            system: {
              manufacturer: 'Dell Inc.',
              model: 'PowerEdge R650',
              domain: domainOf(organizationIndex),
              virtualMachine,
            },
          }),
    };
  }

  function operatingSystem(identity: DeviceIdentity): OperatingSystemRow[] {
    const state = fleet.state(identity);
    const system = os(identity, state);
    if (system === undefined) return [];
    return [
      {
        ...system,
        servicePackMajorVersion: 0,
        servicePackMinorVersion: 0,
        locale: '0409',
        language: 'en-US',
        deviceId: identity.id,
        timestamp: lastContact(state, identity.id),
      },
    ];
  }

  function health(identity: DeviceIdentity): HealthRow[] {
    const state = fleet.state(identity);
    const pending = fleet.pending(identity).length;
    const failed = fleet.installs(identity).filter(({ status }) => status === 'FAILED').length;
    return [
      {
        deviceId: identity.id,
        offline: state.offline,
        parentOffline: false,
        healthStatus: healthStatus(state, failed),
        pendingRebootReason: state.needsReboot ? 'Windows Update' : '',
        pendingOSPatchesCount: pending,
        failedOSPatchesCount: failed,
        pendingSoftwarePatchesCount: 0,
        failedSoftwarePatchesCount: 0,
        alertCount: alerts(identity).length,
        activeJobCount: 0,
      },
    ];
  }

  function services(identity: DeviceIdentity): ServiceRow[] {
    const state = fleet.state(identity);
    return servicesOf(identity).map((service) => ({
      ...service,
      state: state.services.get(service.name) ?? 'RUNNING',
      userName: 'LocalSystem',
      deviceId: identity.id,
      timestamp: lastContact(state, identity.id),
    }));
  }

  function alerts(identity: DeviceIdentity): Alert[] {
    const { id, displayName } = identity;
    const state = fleet.state(identity);
    const common = { deviceId: id, subject: displayName, createTime: state.lastContact, updateTime: now(), data: {} };
    return [
      ...(state.offline
        ? [
            {
              ...common,
              uid: dice.uuid('alert-offline', id),
              ...ALERT_KINDS.offline,
              message: `${displayName} is offline`,
            },
          ]
        : []),
      ...(state.needsReboot
        ? [
            {
              ...common,
              uid: dice.uuid('alert-reboot', id),
              ...ALERT_KINDS.reboot,
              message: `${displayName} needs a reboot`,
            },
          ]
        : []),
    ];
  }

  return { device, deviceDetailed, operatingSystem, health, services, alerts };
}

const ALERT_KINDS = {
  offline: { sourceType: 'AGENT_OFFLINE', sourceName: 'Device down', severity: 'CRITICAL', priority: 'HIGH' },
  reboot: {
    sourceType: 'CONDITION_PENDING_REBOOT',
    sourceName: 'Pending reboot',
    severity: 'MODERATE',
    priority: 'LOW',
  },
} as const;

function healthStatus({ offline, needsReboot }: Readonly<DeviceState>, failed: number): HealthRow['healthStatus'] {
  if (offline) return 'UNKNOWN';
  if (failed > 0) return 'UNHEALTHY';
  return needsReboot ? 'NEEDS_ATTENTION' : 'HEALTHY';
}

function maintenanceBlock({ maintenance }: Readonly<DeviceState>, now: number): Maintenance | undefined {
  if (maintenance === undefined || now >= maintenance.end) return undefined;
  return { status: now < maintenance.start ? 'PENDING' : 'IN_MAINTENANCE', ...maintenance };
}

function macAddress(index: number): string {
  const hex = index.toString(16).toUpperCase().padStart(6, '0');
  return `00:15:5D:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`;
}
