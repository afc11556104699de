import type { CapabilityName } from './capabilities.ts';
import type { UnixSeconds } from './time.ts';

/** What somebody wants a source to do to one device. */
export type OrderRequest =
  /** `forced` does not wait for programs to close. */
  | { readonly action: 'reboot'; readonly mode: 'normal' | 'forced' }
  /** `script`: the source's own id of it. What arguments mean is the source's business too. */
  | { readonly action: 'script'; readonly script: string; readonly arguments: readonly string[] }
  | { readonly action: 'maintenance'; readonly until: UnixSeconds }
  | { readonly action: 'maintenance_end' };

export const orderActions = [
  'reboot',
  'script',
  'maintenance',
  'maintenance_end',
] as const satisfies readonly OrderRequest['action'][];
export type OrderAction = OrderRequest['action'];

export const capabilityOf: Readonly<Record<OrderAction, CapabilityName>> = {
  reboot: 'reboot',
  script: 'scripts',
  maintenance: 'maintenance',
  maintenance_end: 'maintenance',
};

/**
 * `placed`: on disk, and being sent; `accepted`: the source took it; `refused`: it did not, nothing was done;
 * `unknown`: no answer tells, so it may have been carried out; `done`, `failed`: read back from the source.
 */
export const orderStates = ['placed', 'accepted', 'refused', 'unknown', 'done', 'failed'] as const;
export type OrderState = (typeof orderStates)[number];

/** What is known of an order after it was placed. */
export interface OrderOutcome {
  readonly state: Exclude<OrderState, 'placed'>;
  /** In words for people. */
  readonly text: string;
  /** The source's own handle on it, for reading back. */
  readonly ref?: string;
  /** Of maintenance: its end as the source reads it back. */
  readonly until?: UnixSeconds;
}

export interface PlacedOrder {
  readonly id: string;
  readonly request: OrderRequest;
  readonly reason: string;
  readonly owner: string;
}

/** The record of one order: placed before it was sent, and what became of it. Sent once at the most. */
export interface Order extends PlacedOrder {
  readonly placedAt: UnixSeconds;
  readonly state: OrderState;
  readonly text: string;
  readonly settledAt?: UnixSeconds;
  readonly ref?: string;
  readonly until?: UnixSeconds;
}

/** Under which the log knows the evidence that an accepted order is, within its source. */
export function orderKey({ id }: { readonly id: string }): string {
  return `order:${id}`;
}

/** The newest orders of a device stay in its state; the log keeps all. */
const keptOrders = 50;
const finalStates: ReadonlySet<OrderState> = new Set(['refused', 'done', 'failed']);

/** Nothing more is to be found out about it. */
export function isFinal({ state }: Pick<Order, 'state'>): boolean {
  return finalStates.has(state);
}

export function withPlaced(
  orders: readonly Order[] = [],
  { id, request, reason, owner }: PlacedOrder,
  at: UnixSeconds,
): readonly Order[] {
  if (orders.some((known) => known.id === id)) return orders;
  const order: Order = { id, request, reason, owner, placedAt: at, state: 'placed', text: 'is being sent' };
  return [...orders, order].slice(-keptOrders);
}

/** The outcome of an order nobody placed, or of one whose outcome is final or newer, changes nothing. */
export function withOutcome(
  orders: readonly Order[],
  { id, ...outcome }: OrderOutcome & { readonly id: string },
  at: UnixSeconds,
): readonly Order[] {
  return orders.map((order) =>
    order.id !== id || isFinal(order) || at < (order.settledAt ?? 0) ? order : { ...order, ...outcome, settledAt: at },
  );
}

/** `a forced reboot`, `script 418 with 2 arguments`: what arguments say may be a secret, so it stays out of records. */
export function orderText(request: OrderRequest): string {
  switch (request.action) {
    case 'reboot':
      return request.mode === 'forced' ? 'a forced reboot' : 'a reboot';
    case 'script':
      return `script ${request.script}${argumentsText(request.arguments.length)}`;
    case 'maintenance':
      return `maintenance until ${new Date(request.until * 1000).toISOString()}`;
    case 'maintenance_end':
      return 'the end of maintenance';
  }
}

function argumentsText(count: number): string {
  if (count === 0) return '';
  return count === 1 ? ' with 1 argument' : ` with ${String(count)} arguments`;
}
