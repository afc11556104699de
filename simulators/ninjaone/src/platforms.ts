import type { NodeClass } from './wire.ts';

export type PatchFamily = 'windows-server' | 'windows-client' | 'linux' | 'mac';

/** What a kind of machine has in common: how often it occurs, what it runs, how its host name is made. */
export interface Platform {
  readonly nodeClass: NodeClass;
  readonly share: number;
  readonly roleId: number;
  readonly roleName: string;
  readonly policyName: string;
  readonly hostRoles: readonly [string, ...string[]];
  /** Absent where no agent runs: such targets have a display name, no operating system and no patches. */
  readonly os?: {
    readonly family: PatchFamily;
    readonly name: string;
    readonly manufacturer: string;
    readonly build: string;
    readonly release: string;
  };
}

const SERVER_OS = {
  family: 'windows-server',
  name: 'Windows Server 2022 Standard Edition',
  manufacturer: 'Microsoft Corporation',
  build: '20348',
  release: '21H2',
} as const;

const CLIENT_OS = {
  family: 'windows-client',
  name: 'Windows 11 Professional Edition',
  manufacturer: 'Microsoft Corporation',
  build: '26100',
  release: '24H2',
} as const;

const LINUX_OS = {
  family: 'linux',
  name: 'Ubuntu 24.04 LTS',
  manufacturer: 'Canonical',
  build: '6.8.0',
  release: '24.04',
} as const;

const MAC_OS = {
  family: 'mac',
  name: 'macOS Sequoia',
  manufacturer: 'Apple',
  build: '24G84',
  release: '15.6',
} as const;

/** Ordered and with shares that add up to 1. The order of the first three is the order a small fleet gets them in. */
export const PLATFORMS = [
  {
    nodeClass: 'WINDOWS_SERVER',
    share: 0.28,
    roleId: 3,
    roleName: 'Windows Server',
    policyName: 'Servers',
    hostRoles: ['DC', 'FS', 'SQL', 'APP', 'RDS', 'EX', 'WEB'],
    os: SERVER_OS,
  },
  {
    nodeClass: 'LINUX_SERVER',
    share: 0.1,
    roleId: 5,
    roleName: 'Linux Server',
    policyName: 'Linux servers',
    hostRoles: ['web', 'db', 'proxy', 'ci'],
    os: LINUX_OS,
  },
  {
    nodeClass: 'WINDOWS_WORKSTATION',
    share: 0.47,
    roleId: 4,
    roleName: 'Windows Workstation',
    policyName: 'Workstations',
    hostRoles: ['WS', 'NB'],
    os: CLIENT_OS,
  },
  {
    nodeClass: 'LINUX_WORKSTATION',
    share: 0.03,
    roleId: 6,
    roleName: 'Linux Workstation',
    policyName: 'Linux workstations',
    hostRoles: ['dev'],
    os: LINUX_OS,
  },
  {
    nodeClass: 'MAC',
    share: 0.05,
    roleId: 7,
    roleName: 'Mac',
    policyName: 'Macs',
    hostRoles: ['MBP', 'IMAC'],
    os: MAC_OS,
  },
  {
    nodeClass: 'HYPERV_VMM_GUEST',
    share: 0.02,
    roleId: 8,
    roleName: 'Hyper-V Guest',
    policyName: 'Virtual machines',
    hostRoles: ['VM'],
  },
  {
    nodeClass: 'VMWARE_VM_HOST',
    share: 0.01,
    roleId: 9,
    roleName: 'VMware Host',
    policyName: 'Hypervisors',
    hostRoles: ['ESX'],
  },
  {
    nodeClass: 'CLOUD_MONITOR_TARGET',
    share: 0.01,
    roleId: 10,
    roleName: 'Cloud Monitor',
    policyName: 'Cloud monitors',
    hostRoles: ['PING'],
  },
  {
    nodeClass: 'NMS_SWITCH',
    share: 0.03,
    roleId: 11,
    roleName: 'Switch',
    policyName: 'Network',
    hostRoles: ['SW'],
  },
] as const satisfies readonly [Platform, ...Platform[]];

/** Role 3 has policy 53, and so on: ids that are neither equal nor dense, as in a grown tenant. */
export const policyIdOfRole = (roleId: number): number => 50 + roleId;

export function platformOfShare(draw: number): Platform {
  let sum = 0;
  for (const platform of PLATFORMS) {
    sum += platform.share;
    if (draw < sum) return platform;
  }
  return PLATFORMS[0];
}

export function platformOfClass(nodeClass: NodeClass): Platform {
  return PLATFORMS.find((platform) => platform.nodeClass === nodeClass) ?? PLATFORMS[0];
}
