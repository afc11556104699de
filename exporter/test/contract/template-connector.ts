/**
 * A connector in one page: the shape that docs/connectors/_recipe.md asks for, for a vendor that does not exist. A real
 * one has the same parts in files of their own: config.ts, api-schema.ts, client.ts, mapper.ts, index.ts.
 */
import { z } from 'zod';
import type { FleetStream, ReadContext } from '../../src/connectors/connector.ts';
import { defineConnector, type ConnectorDeps, type ConnectorMethods } from '../../src/connectors/definition.ts';
import { readable } from '../../src/connectors/fleet-stream.ts';
import { createHttpClient } from '../../src/connectors/http-client.ts';
import { baseUrlOption, httpOptions, toClientOptions } from '../../src/connectors/http-options.ts';
import { arrayOf, LooseList } from '../../src/connectors/loose-list.ts';
import { pagesByLastId } from '../../src/connectors/paging.ts';
import { secretOption } from '../../src/connectors/secret.ts';
import { createReadCounters, toTallies } from '../../src/connectors/tally.ts';
import { namesOf, textOf } from '../../src/connectors/text.ts';
import { fromZoned } from '../../src/connectors/vendor-time.ts';
import { noCapabilities } from '../../src/domain/capabilities.ts';
import type { DeviceFacts } from '../../src/domain/device.ts';

// config.ts: strict, and every secret a `secretOption`.
const TemplateOptions = z.strictObject({ baseUrl: baseUrlOption, apiKey: secretOption, http: httpOptions() });
type TemplateOptions = z.output<typeof TemplateOptions>;

// api-schema.ts: only what is read. Required is what an object is useless without; the rest may be anything.
const id = z.int().positive();
const text = z.string().nullish().catch(null);
const Machine = z.object({
  id,
  customerId: id,
  customerName: text,
  name: text,
  lastSeen: text,
  bootedAt: text,
  rebootNeeded: z.boolean().nullish().catch(null),
});
type Machine = z.infer<typeof Machine>;

// mapper.ts: wire → domain. What the vendor does not say is left out: absent is unknown, never "no".
function mapMachine(machine: Machine, organization: string): DeviceFacts {
  const name = textOf(machine.name);
  const lastSeenAt = fromZoned(machine.lastSeen);
  const lastBootAt = fromZoned(machine.bootedAt);
  return {
    vendorId: String(machine.id),
    organization,
    groups: [],
    tags: [],
    displayName: name ?? `machine ${String(machine.id)}`,
    hostNames: namesOf(name, undefined),
    ipAddresses: [],
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
    ...(lastBootAt === undefined ? {} : { lastBootAt }),
    ...(typeof machine.rebootNeeded === 'boolean' ? { rebootPending: machine.rebootNeeded } : {}),
  };
}

// index.ts: ties them. A read that fails throws; what cannot be read in part is counted.
function createTemplateConnector(options: TemplateOptions, deps: ConnectorDeps): ConnectorMethods {
  const http = createHttpClient(toClientOptions(options.baseUrl, options.http), deps);
  const path = '/machines';

  async function* stream({ clock, signal, progress }: ReadContext): FleetStream {
    const startedAt = clock.now();
    const counters = createReadCounters();
    const list = new LooseList(Machine, counters.dropped, 'device.malformed');
    const headers = { 'x-api-key': options.apiKey.reveal() };
    const readPage = async (after: number | undefined) =>
      arrayOf(await http.get(path, { signal, headers, query: { after, limit: 100 } }), path);
    const idOf = (row: unknown) => z.object({ id }).safeParse(row).data?.id;
    let seen = 0;
    for await (const page of pagesByLastId(readPage, idOf, { path, maxPages: 10_000 })) {
      progress('devices', (seen += page.length));
      yield list.parse(page).map((machine) => {
        const customer = String(machine.customerId);
        return mapMachine(
          machine,
          deps.organizationKey(customer, textOf(machine.customerName) ?? `customer ${customer}`),
        );
      });
    }
    list.finish();
    return { startedAt, completedAt: clock.now(), ...toTallies(counters) };
  }

  return readable(stream);
}

export const templateConnector = defineConnector({
  type: 'template',
  options: TemplateOptions,
  intervals: { snapshotSeconds: 300, eventsSeconds: 0 },
  capabilities: { ...noCapabilities, snapshots: true, rebootPending: true },
  create: createTemplateConnector,
});
