import type { CheckConfig } from '../config/schema.ts';
import type { DeviceState } from '../domain/device.ts';
import { matchesDevice } from '../identity/groups.ts';
import type { Check } from '../watcher/verifier.ts';

/** Turns configured checks into ones that know their devices. */
export function toChecks(
  configured: readonly CheckConfig[],
  instanceOf: (device: DeviceState) => string | undefined,
): readonly Check[] {
  return configured.map(({ name, question, onlyIfRunningBefore, match }) => ({
    name,
    question,
    onlyIfRunningBefore,
    appliesTo: (device) => matchesDevice(device.source, device.facts, match, instanceOf(device)),
  }));
}
