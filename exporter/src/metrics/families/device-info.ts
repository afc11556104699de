import type { DeviceFamily } from '../family.ts';

export const deviceInfo = {
  scope: 'device',
  identity: 'device',
  name: 'patch_device_info',
  help: 'Descriptive labels of a device, value 1; instance is missing while the device is not joined to exactly one target.',
  type: 'info',
  labels: ['device', 'name', 'site', 'group', 'os', 'os_build', 'source'],
  stability: 'stable',
  generate: ({ state }) => [
    {
      labels: [
        state.key,
        state.facts.displayName,
        state.facts.site ?? '',
        state.facts.groups[0] ?? '',
        state.facts.os?.name ?? '',
        state.facts.os?.build ?? '',
        state.source,
      ],
      value: 1,
    },
  ],
} as const satisfies DeviceFamily;
