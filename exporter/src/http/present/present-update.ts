import type { z } from 'zod';
import type { DevicePatch } from '../../domain/patch.ts';
import type { UpdateTally } from '../core/update-sums.ts';
import type { Update } from '../schema/update.ts';
import { timeOrNull } from './present.ts';

export function presentUpdate(
  { id, title, severity, kind }: DevicePatch,
  { openDevices, devices, oldestFirstSeenAt }: UpdateTally,
): z.input<typeof Update> {
  return { id, title, severity, kind, openDevices, devices, oldestFirstSeenAt: timeOrNull(oldestFirstSeenAt) };
}
