import type { RmmConnector } from '../../src/connectors/connector.ts';
import type { ConnectorDefinition } from '../../src/connectors/definition.ts';
import type { Order, OrderOutcome, OrderRequest } from '../../src/domain/order.ts';

/** A connector that gives orders for one device, on a clock that the test moves. */
export function giveOrders(
  definition: ConnectorDefinition,
  options: object,
  vendorId: string,
  time: { now: number },
  takesOrders = true,
) {
  const clock = { now: () => time.now };
  const connector = definition.create(
    { http: { timeoutSeconds: 0.5, requestsPerSecond: 1000, burst: 1000 }, ...options },
    {
      id: 'rmm',
      organizationKey: (_id, name) => name,
      takesOrders,
      fetch,
      clock,
      sleep: () => Promise.resolve(),
      random: () => 0,
    },
  );
  const context = { clock, signal: new AbortController().signal, progress: () => undefined };
  const placed = (request: OrderRequest) => ({ id: 'o-1', request, reason: 'patch night', owner: 'token:ops' });
  const placedAt = time.now;
  return {
    connector,
    give: (request: OrderRequest) => ask(connector, 'order')(vendorId, placed(request), context),
    read: (request: OrderRequest, outcome: OrderOutcome) => {
      const order: Order = { ...placed(request), placedAt, ...outcome };
      return ask(connector, 'readOrder')(vendorId, order, context);
    },
    scripts: () => ask(connector, 'scripts')(vendorId, context),
    facts: async () => (await ask(connector, 'lookup')(vendorId, context)).facts,
  };
}

function ask<K extends keyof RmmConnector>(connector: RmmConnector, method: K): NonNullable<RmmConnector[K]> {
  const found = connector[method];
  if (found === undefined) throw new Error(`no ${method}`);
  return found;
}
