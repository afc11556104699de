import { noCapabilities } from '../../src/domain/capabilities.ts';
import type { DeviceFacts, DeviceState } from '../../src/domain/device.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import type { Order } from '../../src/domain/order.ts';
import type { DevicePatch } from '../../src/domain/patch.ts';
import type { SilenceWindow } from '../../src/domain/window.ts';
import type { DeviceView, FleetView, SourceStatus } from '../../src/fleet/fleet-view.ts';
import { compareNamed } from '../../src/fleet/name-order.ts';

/** 2026-03-10T02:00:00Z, a patch night: "now" of everything built here. */
export const builtAt = 1_773_108_000;

type DeviceOverrides = Partial<Omit<DeviceState, 'facts'>> & { readonly facts?: Partial<DeviceFacts> };

/** A matched Windows server of Acme with one installed and one missing update. */
export function aDevice({ facts = {}, ...state }: DeviceOverrides = {}): DeviceState {
  const vendorId = facts.vendorId ?? '1';
  const source = state.source ?? 'ninja';
  return {
    key: `${source}:${vendorId}`,
    source,
    observedAt: builtAt - 60,
    removed: false,
    planned: [],
    lastInstall: { source, at: builtAt - 600, patches: [{ id: 'KB5041160', title: 'Cumulative update 2026-03' }] },
    ...state,
    facts: {
      vendorId,
      organization: 'acme',
      site: 'Berlin',
      groups: ['Production'],
      tags: [],
      displayName: `SRV-${vendorId}`,
      hostNames: [`srv-${vendorId}.example.com`],
      ipAddresses: ['192.0.2.10'],
      os: { name: 'Windows Server 2022', build: '20348.2700', family: 'windows' },
      lastSeenAt: builtAt - 60,
      lastBootAt: builtAt - 86_400,
      rebootPending: true,
      patches: [aPatch(), aPatch({ id: 'KB5041999', title: 'Critical fix', status: 'missing', severity: 'critical' })],
      ...facts,
    },
  };
}

export function anOrder(overrides: Partial<Order> = {}): Order {
  return {
    id: 'order-1',
    request: { action: 'reboot', mode: 'normal' },
    reason: 'KB5041160 waits for it',
    owner: 'token:ops',
    placedAt: builtAt - 900,
    state: 'done',
    text: 'NinjaOne reports that the device rebooted',
    settledAt: builtAt - 600,
    ...overrides,
  };
}

export function aPatch(overrides: Partial<DevicePatch> = {}): DevicePatch {
  return {
    id: 'KB5041160',
    title: 'Cumulative update 2026-03',
    severity: 'important',
    kind: 'rollup',
    status: 'installed',
    installedAt: builtAt - 600,
    ...overrides,
  };
}

export function aView(
  overrides: Partial<Omit<DeviceView, 'state'>> & { readonly state?: DeviceState } = {},
): DeviceView {
  const state = overrides.state ?? aDevice();
  return {
    identity: { status: 'matched', instance: `${state.facts.displayName.toLowerCase()}:9182`, by: 'template' },
    compliance: { verdict: 'compliant', reasons: [] },
    stale: false,
    ...overrides,
    state,
  };
}

export function anEvidence(overrides: Partial<Evidence> = {}): Evidence {
  return {
    kind: 'installed',
    source: 'ninja',
    at: builtAt - 600,
    validUntil: builtAt + 6600,
    patches: [{ id: 'KB5041160', title: 'Cumulative update 2026-03' }],
    ref: 'ninja/install',
    ...overrides,
  };
}

export function aWindow(overrides: Partial<SilenceWindow> = {}): SilenceWindow {
  return {
    id: 'w-1',
    kind: 'quiet',
    device: 'ninja:1',
    organization: 'acme',
    instance: 'srv-1:9182',
    cause: 'reboot after KB5041160',
    owner: 'patchhaven',
    triggeredAt: builtAt - 600,
    downAt: builtAt - 120,
    budgetSeconds: 1800,
    openedAt: builtAt - 115,
    endsAt: builtAt + 1680,
    patches: [{ id: 'KB5041160', title: 'Cumulative update 2026-03' }],
    evidence: [anEvidence()],
    ...overrides,
  };
}

export function aSource(overrides: Partial<SourceStatus> = {}): SourceStatus {
  return {
    id: 'ninja',
    type: 'ninjaone',
    up: true,
    lastSuccessAt: builtAt - 60,
    lastAttemptAt: builtAt - 60,
    devices: 1,
    intervalSeconds: 300,
    capabilities: {
      ...noCapabilities,
      snapshots: true,
      perPatch: true,
      rebootPending: true,
      events: true,
      lookup: true,
      webhooks: true,
    },
    ...overrides,
  };
}

/** A fleet that never changes. */
export function aFleet(views: readonly DeviceView[], sources: readonly SourceStatus[] = [aSource()]): FleetView {
  const byKey = new Map(views.map((view) => [view.state.key, view]));
  const organizations = [...new Set(views.map(({ state }) => state.facts.organization))].sort();
  const byOrganization = new Map(
    organizations.map((name) => [
      name,
      views
        .filter(({ state }) => state.facts.organization === name)
        .sort((a, b) => (a.state.key < b.state.key ? -1 : 1)),
    ]),
  );
  const byInstance = (organization: string | undefined, instance: string): DeviceView | undefined =>
    views.find(
      ({ state, identity }) =>
        identity.status === 'matched' &&
        identity.instance === instance &&
        (organization === undefined || state.facts.organization === organization),
    );
  return {
    size: views.length,
    revision: views.length,
    get: (key) => byKey.get(key),
    state: (key) => byKey.get(key)?.state,
    devices: (organization) =>
      organization === undefined ? [...byOrganization.values()].flat() : (byOrganization.get(organization) ?? []),
    byName: (organization) =>
      Promise.resolve(
        (byOrganization.get(organization) ?? [])
          .map(({ state }) => ({ name: state.facts.displayName.toLowerCase(), key: state.key }))
          .sort(compareNamed),
      ),
    organizations: () => organizations,
    byInstance,
    keyOfInstance: (organization, instance) => byInstance(organization, instance)?.state.key,
    keysOfHost: (organization, hostName) =>
      (byOrganization.get(organization) ?? [])
        .filter(({ state }) => state.facts.hostNames.some((name) => name.toLowerCase() === hostName.toLowerCase()))
        .map(({ state }) => state.key),
    sources: () => sources,
  };
}
