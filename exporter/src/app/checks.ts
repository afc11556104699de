import type { CheckConfig } from '../config/schema.ts';
import type { DeviceState } from '../domain/device.ts';
import type { Check } from '../watcher/verifier.ts';

/** Turns configured checks into ones that know their devices: every selector that is given has to fit. */
export function toChecks(
  configured: readonly CheckConfig[],
  instanceOf: (device: DeviceState) => string | undefined,
): readonly Check[] {
  return configured.map((check) => ({
    name: check.name,
    query: check.query,
    appliesTo: (device) => {
      const family = device.facts.os?.family;
      const names = [device.key, instanceOf(device) ?? '', device.facts.displayName, ...device.facts.hostNames];
      return (
        fits(check.groups, device.facts.groups) &&
        fits(check.devices, names) &&
        fits(check.os, family === undefined ? [] : [family])
      );
    },
  }));
}

function fits(wanted: readonly string[], has: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((word) => has.includes(word));
}
