import type { Run, Source } from '../../../shared/api/types';

/** What went wrong, and what a person does about it. Kinds: exporter/src/domain/errors.ts. */
const errorWords: Record<string, string> = {
  auth: 'It refuses our credentials. Check client id and secret in the configuration of the exporter.',
  forbidden: 'Our credentials may not read this. Give the API client the scopes named in the docs of this source.',
  rate_limited: 'It asks us to wait. Raise the interval of this source if this stays.',
  unavailable: 'It does not answer or fails. Its own status page may say more.',
  timeout: 'It took too long to answer.',
  malformed: 'It answered something we cannot read. A proxy in between or a new version of its API may be the reason.',
  filter_ignored: 'It ignored what we asked for, so nothing of its answer was taken.',
  shrunk:
    'The read lacked more of the fleet than can be true, so it changed nothing. If the devices are really gone, lower the floor (minFleetFraction) for one read.',
  aborted: 'The read was stopped, as on a restart.',
};

export function errorSentence(kind: string): string {
  return errorWords[kind] ?? `It failed with "${kind}".`;
}

export const runKinds: Record<Run['kind'], string> = {
  snapshot: 'Complete read',
  events: 'Events',
  lookup: 'One device',
};

const capabilityWords: Record<string, string> = {
  snapshots: 'complete reads',
  perPatch: 'single updates',
  rebootPending: 'pending restarts',
  events: 'events',
  lookup: 'one device on demand',
  services: 'services',
  servicesWhileDown: 'services while down',
  checks: 'checks of its own',
  webhooks: 'webhooks',
  scripts: 'scripts',
  reboot: 'restarts',
  maintenance: 'maintenance',
};

/** `complete reads, events`; empty when this kind of source tells nothing of itself. */
export function capabilityText(capabilities: Source['capabilities']): string {
  return Object.entries(capabilities)
    .filter(([, able]) => able)
    .map(([name]) => capabilityWords[name] ?? name)
    .join(', ');
}

/** `3 without a host name, 1 malformed`: what a read left out, or words it did not know. */
export function countText(counts: Readonly<Record<string, number>> | null): string {
  return Object.entries(counts ?? {})
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count.toLocaleString()} × ${what}`)
    .join(', ');
}
