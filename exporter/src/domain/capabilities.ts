/** What a source can do. Everything else asks these and never the source's type. */
export const capabilityNames = [
  /** Can be read completely. A source without it only pushes events. */
  'snapshots',
  /** Knows single updates, not only counters. */
  'perPatch',
  'rebootPending',
  'events',
  /** Can be asked about one device now. */
  'lookup',
  /** Can say which services of one device run, and when it saw that. */
  'services',
  /** Says so from what the device last reported, also while it is down. */
  'servicesWhileDown',
  /** Runs health checks of its own on a device, and can say how and when they last ended. */
  'checks',
  'webhooks',
  'scripts',
  'reboot',
  'maintenance',
] as const;
export type CapabilityName = (typeof capabilityNames)[number];

export type Capabilities = Readonly<Record<CapabilityName, boolean>>;

export const noCapabilities: Capabilities = {
  snapshots: false,
  perPatch: false,
  rebootPending: false,
  events: false,
  lookup: false,
  services: false,
  servicesWhileDown: false,
  checks: false,
  webhooks: false,
  scripts: false,
  reboot: false,
  maintenance: false,
};
