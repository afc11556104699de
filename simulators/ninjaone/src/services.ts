import type { DeviceIdentity } from './identity.ts';
import type { ServiceRow } from './wire.ts';

type Service = Pick<ServiceRow, 'name' | 'displayName' | 'startType'>;

const EVERYWHERE: readonly Service[] = [
  { name: 'wuauserv', displayName: 'Windows Update', startType: 'DEMAND_START' },
  { name: 'Spooler', displayName: 'Print Spooler', startType: 'AUTO_START' },
  { name: 'windows_exporter', displayName: 'windows_exporter', startType: 'AUTO_START_DELAYED' },
];

/** Keyed by the role word in the host name. */
const BY_HOST_ROLE: readonly (readonly [RegExp, readonly Service[]])[] = [
  [/DC\d/, [{ name: 'NTDS', displayName: 'Active Directory Domain Services', startType: 'AUTO_START' }]],
  [/SQL\d/, [{ name: 'MSSQLSERVER', displayName: 'SQL Server (MSSQLSERVER)', startType: 'AUTO_START' }]],
  [/(WEB|APP)\d/, [{ name: 'W3SVC', displayName: 'World Wide Web Publishing Service', startType: 'AUTO_START' }]],
  [/EX\d/, [{ name: 'MSExchangeIS', displayName: 'Microsoft Exchange Information Store', startType: 'AUTO_START' }]],
];

/** The Windows services of a device; none for anything that is not Windows. */
export function servicesOf(device: DeviceIdentity): readonly Service[] {
  if (!device.platform.nodeClass.startsWith('WINDOWS')) return [];
  const special = BY_HOST_ROLE.find(([pattern]) => pattern.test(device.displayName));
  return [...EVERYWHERE, ...(special?.[1] ?? [])];
}
