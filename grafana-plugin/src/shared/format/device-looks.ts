import type { Device } from '../api/types';
import { identityLooks, type Look, outcomeLooks } from './looks';
import { toMs } from './time';

type DeviceFacts = Pick<
  Device,
  'quiet' | 'maintenance' | 'quietCappedUntil' | 'stale' | 'identity' | 'rebootPending' | 'missingCritical'
> & { readonly patchCounts: Readonly<Partial<Record<string, number>>> | null };

/**
 * What there is to say about a device, worst first; empty when nothing is known to be wrong. A window past its end counts
 * as over, whatever an old answer says.
 */
export function deviceLooks(device: DeviceFacts, nowMs: number): Look[] {
  const looks: Look[] = [];
  const { quiet, maintenance, quietCappedUntil } = device;
  if (quiet?.outcome === 'overdue') {
    looks.push(outcomeLooks.overdue);
  }
  if (quiet?.open && toMs(quiet.endsAt) > nowMs) {
    looks.push({ text: 'Quiet', icon: 'bell-slash', tone: 'info' });
  }
  if (maintenance?.open && toMs(maintenance.endsAt) > nowMs) {
    looks.push({ text: 'Maintenance', icon: 'pause-circle', tone: 'info' });
  }
  if (quietCappedUntil !== null && toMs(quietCappedUntil) > nowMs) {
    looks.push(outcomeLooks.capped);
  }
  if (device.stale) {
    looks.push({ text: 'Data is old', icon: 'history', tone: 'warn' });
  }
  if (device.identity.status !== 'matched') {
    looks.push(identityLooks[device.identity.status]);
  }
  return [...looks, ...patchLooks(device)];
}

function patchLooks({ rebootPending, missingCritical, patchCounts }: DeviceFacts): Look[] {
  const looks: Look[] = [];
  const failed = patchCounts?.failed ?? 0;
  if (failed > 0) {
    looks.push({ text: `${failed} failed`, icon: 'times-circle', tone: 'bad' });
  }
  if (missingCritical !== null && missingCritical > 0) {
    looks.push({ text: `${missingCritical} critical missing`, icon: 'exclamation-circle', tone: 'bad' });
  }
  if (rebootPending === true) {
    looks.push({ text: 'Restart pending', icon: 'sync', tone: 'warn' });
  }
  return looks;
}
