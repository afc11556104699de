import { one, type DeviceFamily } from '../family.ts';
import { shown, shownUntil } from './window-lifetime.ts';

export const deviceQuietBudget = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_quiet_budget_seconds',
  help: 'How long the reboot behind the quiet window may take. Present as long as the window is.',
  type: 'gauge',
  labels: [],
  unit: 'seconds',
  stability: 'stable',
  changesAt: ({ quiet }) => shownUntil(quiet),
  generate: ({ quiet }, now) => {
    const window = shown(quiet, now);
    return one(window?.budgetSeconds);
  },
} as const satisfies DeviceFamily;
