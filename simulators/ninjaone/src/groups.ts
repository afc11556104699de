import type { DeviceState } from './device-state.ts';
import type { DeviceIdentity } from './identity.ts';
import { RINGS } from './identity.ts';

/** A saved search, which is what the vendor calls a group. */
export interface Group {
  readonly id: number;
  readonly name: string;
  contains(device: DeviceIdentity, state: Readonly<DeviceState>): boolean;
}

const [TEST, ACCOUNTING, PRODUCTION] = RINGS;
const tagged = (tag: string) => (device: DeviceIdentity) => device.tags?.includes(tag) ?? false;

export const GROUPS: readonly Group[] = [
  { id: 21, name: 'Ring: Test', contains: tagged(TEST) },
  { id: 22, name: 'Ring: Accounting', contains: tagged(ACCOUNTING) },
  { id: 23, name: 'Ring: Production', contains: tagged(PRODUCTION) },
  { id: 24, name: 'Windows servers', contains: ({ platform }) => platform.nodeClass === 'WINDOWS_SERVER' },
  { id: 25, name: 'Devices offline', contains: (_device, { offline }) => offline },
];

export const groupOf = (id: number): Group | undefined => GROUPS.find((group) => group.id === id);
