import type { Order, OrderOutcome } from '../../domain/order.ts';
import { fromRfc3339 } from '../../domain/time.ts';
import type { ConnectorMethods } from '../definition.ts';
import { accepted, giveOrder, refused } from '../order-outcome.ts';
import { createReadCounters } from '../tally.ts';
import { fromEpoch } from '../vendor-time.ts';
import type { HistoryRow } from './api-schema.ts';
import type { Read, TacticalClient } from './client.ts';

const skewSeconds = 30;

/**
 * Reboots and scripts. Maintenance is left alone: the vendor's flag has no end, and one that nobody takes away would
 * silence the vendor's own alerts for ever.
 */
export function createTacticalOrders(
  vendor: TacticalClient,
): Required<Pick<ConnectorMethods, 'order' | 'readOrder' | 'scripts'>> {
  return {
    async order(agentId, { request }, { signal }) {
      switch (request.action) {
        case 'reboot':
          if (request.mode === 'forced')
            return refused('Tactical RMM knows one kind of reboot, the normal one: nothing was done');
          return await giveOrder(
            () => vendor.reboot(agentId, signal),
            (reply) =>
              reply === 'ok'
                ? accepted('the agent took the reboot')
                : { state: 'unknown', text: 'Tactical RMM answered other than "ok": it may have been carried out' },
          );
        case 'script': {
          const { script, arguments: given } = request;
          if (!/^\d{1,10}$/.test(script))
            return refused('a Tactical RMM script is named by its number: nothing was done');
          return await giveOrder(
            () => vendor.runScript(agentId, Number(script), given, signal),
            () => accepted('Tactical RMM took the script'),
          );
        }
        case 'maintenance':
        case 'maintenance_end':
          return refused('maintenance of Tactical RMM has no end, so it is not ordered: nothing was done');
      }
    },

    async readOrder(agentId, order, { signal }) {
      if (order.request.action === 'reboot') {
        const agent = await vendor.agent(agentId, readOf(signal));
        const bootAt = fromEpoch(agent?.boot_time);
        return bootAt !== undefined && bootAt > order.placedAt
          ? { state: 'done', text: 'the agent has booted since' }
          : undefined;
      }
      return order.request.action === 'script'
        ? outcomeOf(order, order.request.script, await vendor.history(agentId, readOf(signal)))
        : undefined;
    },

    async scripts(_agentId, { signal }) {
      const found = await vendor.scripts(readOf(signal));
      return found.map(({ id, name, shell }) => ({
        id: String(id),
        name: name ?? String(id),
        ...(shell === null || shell === undefined ? {} : { language: shell }),
      }));
    },
  };
}

function readOf(signal: AbortSignal): Read {
  return { signal, dropped: createReadCounters().dropped };
}

/** The one run of the script since; several are told apart by nothing. */
function outcomeOf(order: Order, script: string, rows: readonly HistoryRow[]): OrderOutcome | undefined {
  const own = rows.filter(
    (row) => String(row.script) === script && (fromRfc3339(row.time ?? '') ?? 0) >= order.placedAt - skewSeconds,
  );
  const [run, second] = own;
  if (run === undefined || second !== undefined) return undefined;
  const retcode = run.script_results?.retcode;
  if (retcode === undefined || retcode === null)
    return order.state === 'unknown' ? accepted('Tactical RMM is running the script') : undefined;
  return retcode === 0
    ? { state: 'done', text: 'the script ended with 0' }
    : { state: 'failed', text: `the script ended with ${String(retcode)}` };
}
