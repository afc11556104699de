import type { DeviceFacts, DeviceState } from '../../domain/device.ts';
import type { DevicePatch } from '../../domain/patch.ts';
import type { SilenceWindow } from '../../domain/window.ts';
import type { DeviceView } from '../../fleet/fleet-view.ts';

export const now = 1_700_000_000;

export interface ViewParts {
  readonly key?: string;
  readonly instance?: string;
  readonly facts?: Partial<DeviceFacts>;
  readonly state?: Partial<Omit<DeviceState, 'key' | 'facts'>>;
  readonly view?: Partial<Omit<DeviceView, 'state'>>;
}

/** A device of `acme`, joined to `<vendor id>:9182`, of which nothing else is known. */
export function aView({ key = 'ninja:1', instance, facts, state, view }: ViewParts = {}): DeviceView {
  const vendorId = key.slice(key.indexOf(':') + 1);
  return {
    state: {
      key,
      source: key.slice(0, key.indexOf(':')),
      facts: {
        vendorId,
        organization: 'acme',
        groups: [],
        tags: [],
        displayName: `PC-${vendorId}`,
        hostNames: [],
        ipAddresses: [],
        ...facts,
      },
      observedAt: now - 60,
      removed: false,
      planned: [],
      ...state,
    },
    identity: { status: 'matched', instance: instance ?? `${vendorId}:9182`, by: 'template' },
    compliance: { verdict: 'unknown', reasons: [] },
    stale: false,
    ...view,
  };
}

export function aPatch(parts: Partial<DevicePatch> = {}): DevicePatch {
  return { id: 'KB5041160', title: 'Cumulative Update', severity: 'critical', kind: 'security', status: 'missing', ...parts };
}

export function aWindow(parts: Partial<SilenceWindow> = {}): SilenceWindow {
  return {
    id: 'w1',
    kind: 'quiet',
    device: 'ninja:1',
    organization: 'acme',
    instance: '1:9182',
    cause: 'installed KB5041160',
    owner: 'patchhaven',
    triggeredAt: now - 600,
    downAt: now - 60,
    budgetSeconds: 1800,
    openedAt: now - 60,
    endsAt: now + 1740,
    patches: [],
    evidence: [],
    ...parts,
  };
}
