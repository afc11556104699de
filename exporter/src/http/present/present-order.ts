import type { DeviceView } from '../../fleet/fleet-view.ts';
import type { Order } from '../../domain/order.ts';
import { toRfc3339 } from '../../domain/time.ts';
import { type Principal, hasRole } from '../auth/principal.ts';
import { timeOrNull } from './present.ts';

/** What a script is called with may be a secret: whoever may not order it need not know. */
export function mayReadArguments({ role }: Pick<Principal, 'role'>): boolean {
  return hasRole(role, 'operator');
}

export function presentOrder(
  { id, request, reason, owner, state, text, placedAt, settledAt, until }: Order,
  of: DeviceView,
  reader: Pick<Principal, 'role'>,
) {
  const { key, facts } = of.state;
  const asked = request.action === 'maintenance' ? request.until : undefined;
  return {
    id,
    device: key,
    deviceName: facts.displayName,
    organization: facts.organization,
    action: request.action,
    mode: request.action === 'reboot' ? request.mode : null,
    script: request.action === 'script' ? request.script : null,
    arguments: mayReadArguments(reader) ? (request.action === 'script' ? request.arguments : []) : null,
    reason,
    owner,
    state,
    text,
    placedAt: toRfc3339(placedAt),
    settledAt: timeOrNull(settledAt),
    until: timeOrNull(until ?? asked),
  };
}
