import type { Answer, NewOrder, Order, Source } from '../../shared/api/types';
import { toExporterError } from '../../shared/api/exporter-error';
import { toSentence } from '../../shared/format/sentence';
import { type ActionError, toActionError } from './action-error';

/** What can be ordered from the page of a device. */
export type OrderKind = 'reboot' | 'script';

const capabilities = { reboot: 'reboot', script: 'scripts' } as const;
const deeds: Record<OrderKind, string> = { reboot: 'restart a device', script: 'run a script' };

/** Why the source cannot be told to, for people; undefined when it can. */
export function whyNot(kind: OrderKind, sourceId: string, sources: readonly Source[]): string | undefined {
  const source = sources.find(({ id }) => id === sourceId);
  if (source === undefined) {
    return `The exporter does not list the source ${sourceId}, so nobody can order anything of it.`;
  }
  const { capabilities: can, type } = source;
  if (can[capabilities[kind]]) {
    return undefined;
  }
  // Where orders are off, none of the three is shown as a capability.
  if (can.reboot || can.scripts || can.maintenance) {
    return `The source ${sourceId} (${type}) cannot ${deeds[kind]}. Do it in the RMM itself.`;
  }
  return `The source ${sourceId} (${type}) takes no orders: its type has none, or orders.enabled is not set under this source in the configuration of the exporter.`;
}

/** One argument per line; empty lines are none. */
export function toArguments(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Made once per dialog: however often it is sent, the exporter carries it out once. */
export function newKey(): string {
  // Grafana is also served over plain HTTP, where there is no randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `grafana-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** `Restart`, `Script 418 -Kb KB5041160`. */
export function orderWords({ action, mode, script, arguments: given }: Order): string {
  switch (action) {
    case 'reboot':
      return mode === 'forced' ? 'Forced restart' : 'Restart';
    case 'script':
      // They may be secrets: the exporter tells them to operators alone.
      return given === null
        ? `Script ${script ?? ''} (arguments are shown to operators)`
        : `Script ${[script ?? '', ...given].join(' ')}`;
    case 'maintenance':
      return 'Maintenance';
    case 'maintenance_end':
      return 'End of maintenance';
  }
}

/** What became of an order, as the page says it. */
export interface OrderResult {
  readonly title: string;
  readonly text: string;
  readonly severity: 'success' | 'info' | 'warning' | 'error';
}

const titles: Record<Order['state'], readonly [title: string, severity: OrderResult['severity']]> = {
  placed: ['It is being sent', 'info'],
  accepted: ['Accepted', 'success'],
  done: ['Done', 'success'],
  refused: ['Refused: nothing was done', 'error'],
  failed: ['It failed', 'error'],
  unknown: ['Not known', 'warning'],
};

/** @param until RFC 3339; to when an outage is explained by it, where the exporter has said so. */
export function toResult(order: Order, name: string, until?: string): OrderResult {
  const [title, severity] = titles[order.state];
  const said = `${orderWords(order)} of ${name}: ${toSentence(order.text)}`;
  const explained = until === undefined ? '' : ` An outage is explained by it until ${until}.`;
  const unknown = ` It is not known whether it was carried out; it is not sent again. Look in the RMM.`;
  return { title, severity, text: order.state === 'unknown' ? `${said}${unknown}` : `${said}${explained}` };
}

/** Until when the ordered restart explains an outage, RFC 3339. */
export function explainedUntil(
  { id }: Pick<Order, 'id'>,
  { evidence }: Answer<'/devices/{id}/explain'>,
): string | undefined {
  return evidence.find(({ evidence: { kind, ref } }) => kind === 'reboot_ordered' && ref.includes(id))?.evidence
    .validUntil;
}

/** Whether the order may have been placed although no answer says so. */
export function isUncertain(cause: unknown): boolean {
  const { kind, status, requestId } = toExporterError(cause);
  if (kind === 'forbidden' || kind === 'token' || kind === 'settings') {
    return false;
  }
  // The exporter itself refused before it placed anything; its fault 500 may come after.
  return requestId === undefined || status === 500;
}

export function toOrderError(cause: unknown): ActionError {
  const error = toActionError(cause);
  return isUncertain(cause)
    ? {
        ...error,
        title: 'It is not known whether it was ordered',
        message: `${error.message} Ask again: the same order is not carried out twice. Or close, and look at the orders of the device.`,
      }
    : { ...error, title: 'Nothing was ordered' };
}

const dayMs = 86_400_000;
const openStates: ReadonlyArray<Order['state']> = ['placed', 'accepted', 'unknown'];

/** More may be found out about it: sources are read back for a day. */
export function isOpen({ state, placedAt }: Pick<Order, 'state' | 'placedAt'>, nowMs: number): boolean {
  return openStates.includes(state) && nowMs - Date.parse(placedAt) < dayMs;
}

export type OrderBody = Extract<NewOrder, { action: OrderKind }>;
