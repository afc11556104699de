import type { Order, OrderOutcome, OrderRequest, PlacedOrder } from '../../domain/order.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import { toRfc3339 } from '../../domain/time.ts';
import type { ConnectorMethods } from '../definition.ts';
import { accepted, giveOrder, refused } from '../order-outcome.ts';
import { createReadCounters } from '../tally.ts';
import { fromEpoch } from '../vendor-time.ts';
import { handleOf, outcomeOfReboot, outcomeOfScript } from './order-trace.ts';
import type { NinjaOneClient, RunScript } from './client.ts';

/** The vendor keeps whole seconds, and its clock is not ours. */
const endToleranceSeconds = 60;
const readActivities = 200;

/** Reboots, scripts and maintenance. The vendor gives no handle that can be relied on: its activities tell the outcome. */
export function createNinjaOneOrders(
  client: NinjaOneClient,
  rebootActions: ReadonlySet<string>,
): Required<Pick<ConnectorMethods, 'order' | 'readOrder' | 'scripts'>> {
  async function maintenanceEnd(id: number, signal: AbortSignal): Promise<UnixSeconds | undefined> {
    const device = await client.device(id, { signal, dropped: createReadCounters().dropped });
    return fromEpoch(device?.maintenance?.end);
  }

  /** Whether the maintenance that was ordered is the one the vendor has now. */
  async function readMaintenance(id: number, request: OrderRequest, signal: AbortSignal): Promise<OrderOutcome> {
    const end = await maintenanceEnd(id, signal);
    if (request.action === 'maintenance_end')
      return end === undefined
        ? { state: 'done', text: 'NinjaOne shows no maintenance any more' }
        : { state: 'failed', text: `NinjaOne still shows maintenance until ${toRfc3339(end)}` };
    const asked = request.action === 'maintenance' ? request.until : 0;
    if (end === undefined) return { state: 'failed', text: 'NinjaOne shows no maintenance on the device' };
    return Math.abs(end - asked) <= endToleranceSeconds
      ? { state: 'done', text: `NinjaOne shows maintenance until ${toRfc3339(end)}`, until: end }
      : {
          state: 'failed',
          text: `NinjaOne shows maintenance until ${toRfc3339(end)}, not ${toRfc3339(asked)}: end it there`,
        };
  }

  /** What was taken but could not be read back yet is read back later. */
  async function readBack(id: number, request: OrderRequest, signal: AbortSignal): Promise<OrderOutcome> {
    return await readMaintenance(id, request, signal).catch(() =>
      accepted('NinjaOne took it, and could not be asked yet what it made of it'),
    );
  }

  return {
    async order(vendorId, { request, reason }: PlacedOrder, { signal }) {
      const id = Number(vendorId);
      switch (request.action) {
        case 'reboot':
          return await giveOrder(
            () => client.reboot(id, request.mode === 'forced' ? 'FORCED' : 'NORMAL', reason, signal),
            () => accepted('NinjaOne took the reboot'),
          );
        case 'script': {
          const run = toRun(request);
          if (typeof run === 'string') return refused(run);
          return await giveOrder(
            () => client.runScript(id, run, signal),
            (reply) => accepted('NinjaOne took the script', handleOf(reply)),
          );
        }
        case 'maintenance':
          return await giveOrder(
            () => client.setMaintenance(id, { end: toRfc3339(request.until), reason }, signal),
            () => readBack(id, request, signal),
          );
        case 'maintenance_end':
          return await giveOrder(
            () => client.endMaintenance(id, signal),
            () => readBack(id, request, signal),
          );
      }
    },

    async readOrder(vendorId, order: Order, { signal }) {
      const id = Number(vendorId);
      const { action } = order.request;
      if (action === 'maintenance' || action === 'maintenance_end')
        return await readMaintenance(id, order.request, signal);
      const read = { signal, dropped: createReadCounters().dropped };
      const activities = await client.deviceActivities(id, readActivities, read);
      return action === 'reboot'
        ? outcomeOfReboot(order, activities, rebootActions)
        : outcomeOfScript(order, activities, rebootActions);
    },

    async scripts(vendorId, { signal }) {
      const found = await client.scriptingOptions(Number(vendorId), { signal, dropped: createReadCounters().dropped });
      return found.flatMap(({ type, id, uid, name, language }) => {
        const known = type?.toUpperCase() === 'ACTION' ? uid : id?.toString();
        if (known === undefined || known === null) return [];
        return [
          { id: known, name: name ?? known, ...(language === null || language === undefined ? {} : { language }) },
        ];
      });
    },
  };
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Scripts go by number, built-in actions by uuid; a text says why it cannot be sent. */
function toRun({ script, arguments: given }: OrderRequest & { readonly action: 'script' }): RunScript | string {
  if (given.some((argument) => /\s/.test(argument)))
    return 'NinjaOne splits arguments at spaces, so none may hold one: nothing was done';
  const parameters = given.length === 0 ? {} : { parameters: given.join(' ') };
  if (/^\d{1,10}$/.test(script)) return { type: 'SCRIPT', id: Number(script), ...parameters, runAs: 'system' };
  if (uuid.test(script)) return { type: 'ACTION', uid: script, ...parameters, runAs: 'system' };
  return 'a NinjaOne script is named by its number, a built-in action by its uuid: nothing was done';
}
