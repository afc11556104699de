import { createHash, randomUUID } from 'node:crypto';
import type { RmmConnector, Script } from '../connectors/connector.ts';
import type { DeviceState } from '../domain/device.ts';
import { capabilityOf, isFinal, orderText, type Order, type OrderRequest } from '../domain/order.ts';
import { toRfc3339, type UnixSeconds } from '../domain/time.ts';

/** Why an order was not even placed. Nothing is recorded, nothing was sent. */
export const orderRefusals = [
  'not_capable',
  'orders_off',
  'unknown_script',
  'bad_end',
  'open_reboot',
  'too_many',
  'key_reused',
  'source_unavailable',
] as const;
export type OrderRefusal = (typeof orderRefusals)[number];

export interface Refusal {
  readonly reason: OrderRefusal;
  readonly detail: string;
  /** JSON pointer into the request. */
  readonly field?: string;
  readonly retryAfterSeconds?: number;
}

export interface NewOrder {
  readonly request: OrderRequest;
  readonly reason: string;
  readonly owner: string;
  /** The sender's own name for this order: the second one with it is the first. */
  readonly key?: string;
}

/** A reboot that may still be on its way: a second one would hit the machine while it comes up. */
const openRebootSeconds = 600;
const longestMaintenanceSeconds = 7 * 24 * 3600;
const shownScripts = 10;

/** The same key means the same order, within one device. */
export function orderId({ key: deviceKey, facts }: DeviceState, key: string | undefined): string {
  if (key === undefined) return randomUUID();
  const text = JSON.stringify([facts.organization, deviceKey, key]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Whether a repeated key came with what it came with before. */
export function isSame(order: Order, { request, reason }: NewOrder): boolean {
  return JSON.stringify([order.request, order.reason]) === JSON.stringify([request, reason]);
}

/** Whether the source can do it at all, and may. */
export function refuseBySource(
  source: string,
  connector: RmmConnector | undefined,
  enabled: boolean,
  { action }: OrderRequest,
): Refusal | undefined {
  if (connector?.order === undefined || !connector.capabilities[capabilityOf[action]])
    return {
      reason: 'not_capable',
      detail: `source ${source}${connector === undefined ? '' : ` (${connector.type})`} cannot do this; do it in the RMM itself, or by a script where the source runs scripts`,
      field: '/action',
    };
  if (enabled) return undefined;
  return {
    reason: 'orders_off',
    detail: `source ${source} takes no orders: set orders.enabled of it in the configuration, and give its credentials the right to write`,
  };
}

/** Whether it makes sense for this device now. */
export function refuseByState(
  { orders = [] }: DeviceState,
  request: OrderRequest,
  now: UnixSeconds,
): Refusal | undefined {
  if (request.action === 'maintenance' && (request.until <= now || request.until > now + longestMaintenanceSeconds))
    return { reason: 'bad_end', detail: 'the end has to lie in the next seven days', field: '/until' };
  if (request.action !== 'reboot') return undefined;
  const open = orders.find(
    (order) => order.request.action === 'reboot' && !isFinal(order) && now - order.placedAt < openRebootSeconds,
  );
  if (open === undefined) return undefined;
  const detail = `a reboot was ordered at ${toRfc3339(open.placedAt)} and may still be on its way (order ${open.id})`;
  return { reason: 'open_reboot', detail };
}

export function refuseScript(request: OrderRequest, known: readonly Script[]): Refusal | undefined {
  if (request.action !== 'script' || known.some(({ id }) => id === request.script)) return undefined;
  const some = known.slice(0, shownScripts).map(({ id, name }) => `${id} (${name})`);
  const rest = known.length > some.length ? ` and ${String(known.length - some.length)} more` : '';
  const detail = `${orderText(request)} cannot be run on this device; what can: ${some.length === 0 ? 'nothing' : some.join(', ')}${rest}`;
  return { reason: 'unknown_script', detail, field: '/script' };
}
