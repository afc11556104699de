/** The shapes this simulator serves. Times are epoch seconds as doubles, as the vendor sends them. */

export type NodeClass =
  | 'WINDOWS_SERVER'
  | 'WINDOWS_WORKSTATION'
  | 'LINUX_SERVER'
  | 'LINUX_WORKSTATION'
  | 'MAC'
  | 'HYPERV_VMM_GUEST'
  | 'VMWARE_VM_HOST'
  | 'CLOUD_MONITOR_TARGET'
  | 'NMS_SWITCH';

export interface Location {
  id: number;
  name: string;
  address: string;
  description: string | null;
  userData: Record<string, string>;
}

export interface Organization {
  id: number;
  name: string;
  description: string | null;
  userData: Record<string, string>;
  nodeApprovalMode: 'AUTOMATIC' | 'MANUAL' | 'REJECT';
}

export interface OrganizationDetailed extends Organization {
  locations: Location[];
  policies: { nodeRoleId: number; policyId: number }[];
  settings: Record<string, unknown>;
}

export interface Maintenance {
  status: 'PENDING' | 'IN_MAINTENANCE';
  start: number;
  end: number;
  reasonMessage?: string;
}

export interface Device {
  id: number;
  uid: string;
  parentDeviceId?: number;
  organizationId: number;
  locationId: number;
  nodeClass: NodeClass;
  nodeRoleId: number;
  rolePolicyId: number;
  policyId?: number;
  approvalStatus: 'PENDING' | 'APPROVED';
  offline: boolean;
  displayName: string;
  systemName?: string;
  dnsName?: string;
  netbiosName?: string;
  created: number;
  lastContact: number;
  lastUpdate: number;
  tags?: string[] | null;
  userData: Record<string, string>;
  maintenance?: Maintenance;
}

export interface OperatingSystem {
  name: string;
  manufacturer: string;
  architecture: string;
  buildNumber: string;
  releaseId: string;
  lastBootTime: number;
  needsReboot: boolean;
}

export interface DeviceDetailed extends Device {
  ipAddresses: string[] | null;
  macAddresses: string[] | null;
  publicIP: string;
  notes: { text: string }[] | null;
  deviceType: string;
  os?: OperatingSystem;
  system?: { manufacturer: string; model: string; domain?: string; virtualMachine: boolean };
}

export interface OperatingSystemRow extends OperatingSystem {
  servicePackMajorVersion: number;
  servicePackMinorVersion: number;
  locale: string;
  language: string;
  deviceId: number;
  timestamp: number;
}

export interface PatchRow {
  id: string;
  deviceId: number;
  kbNumber?: string;
  name: string;
  severity: string;
  status: string;
  type: string;
  installedAt?: number;
  timestamp: number;
}

export interface HealthRow {
  deviceId: number;
  offline: boolean;
  parentOffline: boolean;
  healthStatus: 'UNKNOWN' | 'HEALTHY' | 'NEEDS_ATTENTION' | 'UNHEALTHY';
  pendingRebootReason: string;
  pendingOSPatchesCount: number;
  failedOSPatchesCount: number;
  pendingSoftwarePatchesCount: number;
  failedSoftwarePatchesCount: number;
  alertCount: number;
  activeJobCount: number;
}

export type ServiceState = 'RUNNING' | 'STOPPED';

export interface ServiceRow {
  name: string;
  displayName: string;
  startType: 'AUTO_START' | 'AUTO_START_DELAYED' | 'DEMAND_START';
  state: ServiceState;
  userName: string;
  deviceId: number;
  timestamp: number;
}

export interface Activity {
  id: number;
  activityTime: number;
  deviceId?: number;
  severity: 'NONE' | 'MINOR' | 'MODERATE' | 'MAJOR' | 'CRITICAL';
  priority: 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH';
  seriesUid: string;
  activityType: string;
  statusCode: string;
  status: string;
  activityResult?: 'SUCCESS' | 'FAILURE' | 'UNSUPPORTED' | 'UNCOMPLETED';
  sourceName: string;
  subject: string;
  message: string;
  type: string;
  data: Record<string, unknown>;
}

export interface Alert {
  uid: string;
  deviceId: number;
  message: string;
  createTime: number;
  updateTime: number;
  sourceType: 'AGENT_OFFLINE' | 'CONDITION_PENDING_REBOOT';
  sourceName: string;
  severity: 'MODERATE' | 'CRITICAL';
  priority: 'LOW' | 'HIGH';
  subject: string;
  data: Record<string, unknown>;
}
