import type { OsFacts } from '../../../../exporter/src/domain/device.ts';

/** What the machines of the worlds run. */
export const systems: Readonly<Record<'server2022' | 'server2019' | 'windows11' | 'debian', OsFacts>> = {
  server2022: { name: 'Windows Server 2022 Standard', build: '20348.4893', family: 'windows' },
  server2019: { name: 'Windows Server 2019 Standard', build: '17763.8511', family: 'windows' },
  windows11: { name: 'Windows 11 Pro', build: '26100.7840', family: 'windows' },
  debian: { name: 'Debian GNU/Linux 12', build: '6.1.0-42', family: 'linux' },
};
