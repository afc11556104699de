import { startTarget, type DeviceTarget, type TargetFlavour } from '../../../../testbed/src/index.ts';

export const organizations = ['acme', 'globex'] as const;
export type OrganizationKey = (typeof organizations)[number];

/** One machine: what the inventory says of it, and what Prometheus sees of it. */
export interface DeviceSpec {
  readonly name: string;
  readonly organization?: OrganizationKey;
  /** Name the machine itself reports; default: `name`. */
  readonly nodename?: string;
  /** Default: `<nodename>:9100`. */
  readonly instance?: string;
  /** Value of the target's organization label; null: it has none. Default: the organization. */
  readonly targetOrganization?: string | null;
  /** Whose metrics it speaks; also its job in Prometheus. Default: node. */
  readonly flavour?: TargetFlavour;
  readonly groups?: readonly string[];
  readonly budgetSeconds?: number;
  readonly services?: Readonly<Record<string, boolean>>;
  /** False: no source knows it. Default true. */
  readonly inventoried?: boolean;
}

export interface StackDevice {
  readonly name: string;
  readonly organization: OrganizationKey;
  readonly instance: string;
  readonly target: DeviceTarget;
  readonly spec: DeviceSpec;
}

export async function startDevice(spec: DeviceSpec): Promise<StackDevice> {
  const nodename = spec.nodename ?? spec.name;
  const target = await startTarget({
    nodename,
    flavour: spec.flavour ?? 'node',
    bootTimeUnixSeconds: Date.now() / 1000 - 30 * 86_400,
    ...(spec.services === undefined ? {} : { services: { ...spec.services } }),
  });
  return {
    name: spec.name,
    organization: spec.organization ?? 'acme',
    instance: spec.instance ?? `${nodename}:9100`,
    target,
    spec,
  };
}

/** The entry of Prometheus' static configuration: address, and the labels that the join needs. */
export function staticConfig({ spec, organization, instance, target }: StackDevice): object {
  const { targetOrganization = organization } = spec;
  const labels = { instance, ...(targetOrganization === null ? {} : { organization: targetOrganization }) };
  return { targets: [target.address], labels };
}

/** The inventory as a `file` source reads it. */
export function inventory(devices: readonly StackDevice[]): object {
  return {
    format: 'patchhaven.snapshot/v1',
    devices: devices
      .filter(({ spec }) => spec.inventoried !== false)
      .map(({ name, organization, spec }) => ({
        id: `${organization}-${name}`,
        organization,
        displayName: name,
        hostNames: [name],
        groups: spec.groups ?? [],
        os: { name: 'Debian 12', family: 'linux' },
      })),
  };
}
