import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { ReadContext, RmmConnector, Script } from '../connectors/connector.ts';
import type { DeviceKey, DeviceState } from '../domain/device.ts';
import { ConnectorError, StoreError } from '../domain/errors.ts';
import type { DomainEvent, EventBody } from '../domain/event.ts';
import { isFinal, orderKey, type Order, type OrderOutcome } from '../domain/order.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import type { EventLog } from '../fleet/event-log.ts';
import type { FleetView } from '../fleet/fleet-view.ts';
import { Pace } from './pace.ts';
import { isSame, orderId, refuseByState, refuseBySource, refuseScript, type NewOrder, type Refusal } from './place.ts';
import { ReadBacks } from './read-backs.ts';
import type { OrderSettings } from './settings.ts';

export interface OrderDeskDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly fleet: Pick<FleetView, 'state'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly connectorOf: (source: string) => RmmConnector | undefined;
  readonly settingsOf: (source: string) => OrderSettings | undefined;
  /** Reads the device from its source, after an order that changed what the source says of it. */
  readonly refresh: (device: DeviceKey) => Promise<void>;
  /** Ends waiting when the exporter stops; what was sent by then is unknown at the next start. */
  readonly stopped: AbortSignal;
}

export type PlaceResult =
  { readonly ok: true; readonly order: Order; readonly isNew: boolean } | ({ readonly ok: false } & Refusal);

/** What an order needs to be sent. */
interface Ready {
  readonly id: string;
  readonly state: DeviceState;
  readonly connector: RmmConnector;
  readonly settings: OrderSettings;
}

type Recorded = Ready & { readonly order: Order };

/**
 * Gives orders to sources. An order is on disk before it is sent, is sent once, and its outcome is on disk before anybody
 * hears of it. Only an accepted reboot becomes evidence; of what is refused or unknown nothing follows but its record.
 */
export class OrderDesk {
  readonly #deps: OrderDeskDeps;
  readonly #pace: Pace;
  readonly #recording = pLimit(1);
  readonly #limits = new Map<string, ReturnType<typeof pLimit>>();
  readonly #readBacks: ReadBacks;
  /** Orders that this process is sending. One that is `placed` and not among them was cut off. */
  readonly #underWay = new Set<string>();

  constructor(deps: OrderDeskDeps) {
    this.#deps = deps;
    this.#pace = new Pace(deps.clock);
    this.#readBacks = new ReadBacks(deps.clock);
  }

  async place(device: DeviceKey, wanted: NewOrder): Promise<PlaceResult> {
    const asked = this.#judge(device, wanted);
    if ('ok' in asked) return asked;
    const unknown = await this.#refuseScript(asked, wanted);
    if (unknown !== undefined) return no(unknown);
    const recorded = await this.#recording(() => this.#record(asked, wanted));
    if ('ok' in recorded) return recorded;
    const { order, state } = recorded;
    try {
      return { ok: true, order: await this.#settleNow(state, order, await this.#send(recorded)), isNew: true };
    } finally {
      this.#underWay.delete(order.id);
    }
  }

  /** Whether this may be ordered, as things are now; a result when that ends it. */
  #judge(device: DeviceKey, wanted: NewOrder): Ready | PlaceResult {
    const state = this.#deps.fleet.state(device);
    if (state === undefined || state.removed) return no(gone);
    const id = orderId(state, wanted.key);
    const known = orderOf(state, id);
    if (known !== undefined) return again(known, wanted);
    const connector = this.#deps.connectorOf(state.source);
    const settings = this.#deps.settingsOf(state.source);
    const refusal =
      refuseBySource(state.source, connector, settings?.enabled ?? false, wanted.request) ??
      refuseByState(state, wanted.request, this.#deps.clock.now());
    if (refusal !== undefined) return no(refusal);
    if (connector === undefined || settings === undefined) throw new Error('a source without settings takes no orders');
    return { id, state, connector, settings };
  }

  /** One after another, and judged anew: while the source was asked, another order may have come, or the device gone. */
  async #record(asked: Ready, wanted: NewOrder): Promise<Recorded | PlaceResult> {
    const ready = this.#judge(asked.state.key, wanted);
    if ('ok' in ready) return ready;
    const { id, state, settings } = ready;
    // The caller was allowed to order for the organization that the device was in.
    if (state.facts.organization !== asked.state.facts.organization) return no(gone);
    const waitSeconds = this.#pace.take(`${state.source}/${state.facts.organization}`, settings.perMinute);
    if (waitSeconds > 0) return no(tooMany(settings.perMinute, waitSeconds));
    this.#underWay.add(id);
    try {
      const { request, reason, owner } = wanted;
      const placed: EventBody = { type: 'order.placed', data: { id, request, reason, owner } };
      const [result] = await this.#append([eventOf(state, id, placed, this.#deps.clock.now())]);
      const order = this.#order(state.key, id);
      if (result?.result === 'accepted' && order !== undefined) return { ...ready, order };
      this.#underWay.delete(id);
      return order === undefined ? no(forgotten) : again(order, wanted);
    } catch (error) {
      this.#underWay.delete(id);
      throw error;
    }
  }

  /** What can be run on the device; undefined where its source has no catalogue. Throws ConnectorError. */
  async scripts(device: DeviceKey): Promise<readonly Script[] | undefined> {
    const state = this.#deps.fleet.state(device);
    const connector = state === undefined ? undefined : this.#deps.connectorOf(state.source);
    const settings = state === undefined ? undefined : this.#deps.settingsOf(state.source);
    if (state === undefined || settings?.enabled !== true) return undefined;
    return await connector?.scripts?.(state.facts.vendorId, this.#context(settings));
  }

  /** Takes up orders whose outcome is open, from before a restart. */
  restore(states: Iterable<DeviceState>): void {
    for (const { key, orders = [] } of states)
      for (const order of orders) if (!isFinal(order)) this.#readBacks.watch(key, order);
  }

  /** One round: what was cut off is unknown from now on, and what is open is asked about when its time comes. */
  async reconcile(): Promise<void> {
    for (const { device, id } of this.#readBacks.due()) {
      const state = this.#deps.fleet.state(device);
      const order = state === undefined ? undefined : orderOf(state, id);
      if (state === undefined || order === undefined || isFinal(order)) this.#readBacks.forget(id);
      else if (!this.#underWay.has(id)) await this.#reconcileOne(state, order);
    }
  }

  async #reconcileOne(state: DeviceState, order: Order): Promise<void> {
    if (order.state === 'placed') return await this.#settle(state, order, cutOff);
    const connector = this.#deps.connectorOf(state.source);
    const settings = this.#deps.settingsOf(state.source);
    if (connector?.readOrder === undefined || settings === undefined) return;
    const found = await connector
      .readOrder(state.facts.vendorId, order, this.#context(settings))
      .catch((error: unknown) => {
        if (!(error instanceof ConnectorError)) throw error;
        this.#deps.log.warn({ order: order.id, reason: error.kind }, 'an order could not be read back');
        return undefined;
      });
    if (found !== undefined && found.state !== order.state) await this.#settle(state, order, found);
  }

  async #refuseScript({ connector, settings, state }: Ready, { request }: NewOrder): Promise<Refusal | undefined> {
    if (request.action !== 'script' || connector.scripts === undefined) return undefined;
    try {
      return refuseScript(request, await connector.scripts(state.facts.vendorId, this.#context(settings)));
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      const detail = `source ${state.source} cannot say now which scripts there are (${error.message}); nothing was sent`;
      return { reason: 'source_unavailable', detail, retryAfterSeconds: 30 };
    }
  }

  async #send({ connector, settings, state, order }: Recorded): Promise<OrderOutcome> {
    const limit = this.#limits.get(state.source) ?? pLimit(settings.concurrency);
    this.#limits.set(state.source, limit);
    // Its time runs while it waits for its turn, too: it must not restart a machine when nobody expects it any more.
    const context = this.#context(settings);
    const send = async (): Promise<OrderOutcome | undefined> => {
      if (context.signal.aborted) return refusedHere('it waited too long behind other orders');
      if (this.#deps.settingsOf(state.source)?.enabled !== true)
        return refusedHere('the source was closed for orders before it was sent');
      return await connector.order?.(state.facts.vendorId, order, context);
    };
    try {
      return (await limit(send)) ?? cutOff;
    } catch (error) {
      this.#deps.log.error({ order: order.id, err: error }, 'sending an order failed by a fault of ours');
      return { state: 'unknown', text: 'Patchhaven failed while sending it: it may have been carried out' };
    }
  }

  /** What was sent stands, whether its outcome can be stored or not; without it, it is unknown. */
  async #settleNow(state: DeviceState, order: Order, outcome: OrderOutcome): Promise<Order> {
    try {
      await this.#settle(state, order, outcome);
      return this.#order(state.key, order.id) ?? { ...order, ...outcome };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#deps.log.error({ order: order.id, err: error }, 'the outcome of an order could not be stored');
      this.#readBacks.watch(state.key, order);
      return { ...order, state: 'unknown', text: 'it was sent, and the store could not take what came of it' };
    }
  }

  async #settle(state: DeviceState, order: Order, outcome: OrderOutcome): Promise<void> {
    const now = this.#deps.clock.now();
    const settled: EventBody = { type: 'order.settled', data: { id: order.id, ...outcome } };
    const key = `${orderKey(order)}/${outcome.state}/${String(now)}`;
    await this.#append([eventOf(state, key, settled, now), ...evidenceOf(state, order, outcome, now)]);
    if (isFinal(outcome)) this.#readBacks.forget(order.id);
    else this.#readBacks.watch(state.key, order);
    const { action } = order.request;
    if (action === 'maintenance' || action === 'maintenance_end') await this.#deps.refresh(state.key);
  }

  #append(events: readonly DomainEvent[]) {
    return this.#deps.events.append(events);
  }

  #order(device: DeviceKey, id: string): Order | undefined {
    const state = this.#deps.fleet.state(device);
    return state === undefined ? undefined : orderOf(state, id);
  }

  #context({ timeoutSeconds }: OrderSettings): ReadContext {
    const signal = AbortSignal.any([this.#deps.stopped, AbortSignal.timeout(timeoutSeconds * 1000)]);
    return { clock: this.#deps.clock, signal, progress: () => undefined };
  }
}

const cutOff: OrderOutcome = {
  state: 'unknown',
  text: 'Patchhaven was interrupted while it sent this: it may have been carried out, and is not sent again',
};

/** A reboot that the source took is to be expected from when it was sent; its budget counts from there. */
function evidenceOf(
  state: DeviceState,
  order: Order,
  outcome: OrderOutcome,
  receivedAt: UnixSeconds,
): readonly DomainEvent[] {
  if (order.request.action !== 'reboot' || outcome.state !== 'accepted') return [];
  const { reason, owner, placedAt } = order;
  const body: EventBody = { type: 'reboot.ordered', data: { reason, owner } };
  return [eventOf(state, orderKey(order), body, placedAt, receivedAt)];
}

function eventOf(
  { source, key, facts }: DeviceState,
  dedupKey: string,
  body: EventBody,
  occurredAt: UnixSeconds,
  receivedAt = occurredAt,
): DomainEvent {
  const header = { source, dedupKey, organization: facts.organization, device: key, occurredAt, receivedAt };
  return { ...header, ...body };
}

function orderOf({ orders = [] }: DeviceState, id: string): Order | undefined {
  return orders.find((order) => order.id === id);
}

function again(order: Order, wanted: NewOrder): PlaceResult {
  if (isSame(order, wanted)) return { ok: true, order, isNew: false };
  const detail = 'this key belongs to another order for this device; nothing was sent';
  return no({ reason: 'key_reused', detail, field: '/header/Idempotency-Key' });
}

const gone: Refusal = { reason: 'not_capable', detail: 'the device is gone; nothing was sent' };

function refusedHere(why: string): OrderOutcome {
  return { state: 'refused', text: `${why}: nothing was done` };
}

const forgotten: Refusal = {
  reason: 'key_reused',
  detail: 'this key belongs to an order from long ago; nothing was sent',
  field: '/header/Idempotency-Key',
};

function tooMany(perMinute: number, waitSeconds: number): Refusal {
  const detail = `this organization has given ${String(perMinute)} orders within a minute, which is the most this source takes`;
  return { reason: 'too_many', detail, retryAfterSeconds: Math.ceil(waitSeconds) };
}

function no(refusal: Refusal): PlaceResult {
  return { ok: false, ...refusal };
}
