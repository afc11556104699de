import { noCapabilities } from '../../domain/capabilities.ts';
import type { DeviceFacts } from '../../domain/device.ts';
import { ConnectorError } from '../../domain/errors.ts';
import type { DevicePatch } from '../../domain/patch.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import type { FleetStream, HealthReading, LookupResult, ReadContext } from '../connector.ts';
import { defineConnector, type ConnectorDeps, type ConnectorMethods } from '../definition.ts';
import { DetailRotation } from '../detail-rotation.ts';
import { readable } from '../fleet-stream.ts';
import { createReadCounters, toTallies, type ReadCounters } from '../tally.ts';
import { createLocalTimeReader } from '../vendor-time.ts';
import type { Agent, Client, WinUpdate } from './api-schema.ts';
import { createTacticalClient, type Read } from './client.ts';
import { TacticalOptions } from './config.ts';
import { mapChecks, mapServices } from './health.ts';
import { mapAgent } from './mapper.ts';
import { createTacticalOrders } from './orders.ts';
import { RebootFlag } from './reboot-flag.ts';
import { mapUpdates } from './updates.ts';

const daySeconds = 86_400;

export const tacticalRmmConnector = defineConnector({
  type: 'tactical-rmm',
  options: TacticalOptions,
  intervals: { snapshotSeconds: 300, eventsSeconds: 0 },
  capabilities: {
    ...noCapabilities,
    snapshots: true,
    perPatch: true,
    rebootPending: true,
    lookup: true,
    services: true,
    checks: true,
    scripts: true,
    reboot: true,
  },
  create: createTacticalConnector,
});

/** Tactical RMM over its REST API: agents client by client, update lists in turns; reboots and scripts. */
export function createTacticalConnector(options: TacticalOptions, deps: ConnectorDeps): ConnectorMethods {
  const vendor = createTacticalClient(options, deps);
  const readLocalTime = createLocalTimeReader(options.timeZone);
  const rebootFlag = new RebootFlag();
  const rotation = new DetailRotation<readonly DevicePatch[]>({
    perRead: options.updateListsPerRead,
    maxAgeSeconds: options.updateListMaxAgeHours * 3600,
  });
  /** As of the last complete read, for lookups in between. */
  let clients: readonly Client[] | undefined;

  const organizationOf = ({ id, name }: Client): string =>
    deps.organizationKey(String(id), (name?.trim() ?? '') === '' ? `organization ${String(id)}` : (name ?? ''));

  function toPatches(rows: readonly WinUpdate[], now: UnixSeconds, counters: ReadCounters): readonly DevicePatch[] {
    const since = now - options.installHistoryDays * daySeconds;
    return mapUpdates(rows, { counters, readLocalTime, zoneIsKnown: options.timeZone !== undefined, since });
  }

  function toFacts(agent: Agent, client: Client, updates: AgentUpdates, counters: ReadCounters): DeviceFacts {
    const organization = organizationOf(client);
    const { tagsCustomField } = options;
    return mapAgent(agent, { organization, updates, rebootFlag, tagsCustomField, counters });
  }

  async function* stream(context: ReadContext): FleetStream {
    const startedAt = context.clock.now();
    const counters = createReadCounters();
    const read: Read = { signal: context.signal, dropped: counters.dropped };
    const listed = await vendor.clients(read);
    const details = rotation.begin(
      startedAt,
      async (id) => toPatches(await vendor.updates(id, read), startedAt, counters),
      counters.dropped,
    );
    const owners = new Map<string, number>();
    for (const client of listed) {
      const agents = ownAgents(await vendor.agents(client.id, read), client, listed, owners, counters);
      context.progress('devices', owners.size);
      const updates = await details.take(agents.filter(hasUpdates).map(rotationItem));
      yield agents.map((agent) => toFacts(agent, client, updates.get(agent.agent_id), counters));
    }
    details.finish();
    rebootFlag.keepOnly(new Set(owners.keys()));
    clients = listed;
    return { startedAt, completedAt: context.clock.now(), ...toTallies(counters) };
  }

  async function lookup(agentId: string, context: ReadContext): Promise<LookupResult> {
    const counters = createReadCounters();
    const read: Read = { signal: context.signal, dropped: counters.dropped };
    const agent = isAgentId(agentId) ? await vendor.agent(agentId, read) : undefined;
    if (agent === undefined) return { events: [], ...toTallies(counters) };
    clients ??= await vendor.clients(read);
    const [client, ...others] = clients.filter(({ name }) => isSameName(name, agent.client_name));
    if (client === undefined || others.length > 0) {
      counters.dropped.add('device.no_organization');
      return { events: [], ...toTallies(counters) };
    }
    const rows = hasUpdates(agent) ? await vendor.updates(agentId, read) : undefined;
    const updates = rows === undefined ? undefined : toPatches(rows, context.clock.now(), counters);
    return { facts: toFacts(agent, client, updates, counters), events: [], ...toTallies(counters) };
  }

  async function readServices(agentId: string, context: ReadContext): Promise<HealthReading> {
    const counters = createReadCounters();
    if (!isAgentId(agentId)) return { observed: [], ...toTallies(counters) };
    const askedAt = context.clock.now();
    const rows = await vendor.services(agentId, { signal: context.signal, dropped: counters.dropped });
    return { observed: mapServices(rows, askedAt, counters), ...toTallies(counters) };
  }

  async function readChecks(agentId: string, context: ReadContext): Promise<HealthReading> {
    const counters = createReadCounters();
    if (!isAgentId(agentId)) return { observed: [], ...toTallies(counters) };
    const rows = await vendor.checks(agentId, { signal: context.signal, dropped: counters.dropped });
    return { observed: mapChecks(rows, readLocalTime, counters), ...toTallies(counters) };
  }

  return { ...readable(stream), lookup, readServices, readChecks, ...createTacticalOrders(vendor) };
}

/** What the routes of the server take for an agent's id. */
function isAgentId(text: string): boolean {
  return /^[\w-]{21,255}$/.test(text);
}

type AgentUpdates = readonly DevicePatch[] | undefined;

/** The vendor keeps update lists for Windows alone. */
function hasUpdates({ plat }: Agent): boolean {
  return plat?.toLowerCase() === 'windows';
}

function rotationItem({ agent_id, needs_reboot, has_patches_pending, boot_time }: Agent) {
  const boot = Math.round((boot_time ?? 0) / 300);
  return { id: agent_id, fingerprint: [needs_reboot, has_patches_pending, boot].map(String).join() };
}

/**
 * Agents that are this client's and nobody else's. A filter the vendor ignored would hand out everybody's agents for
 * each client, so an agent that names another client, or that was handed out before under one, fails the read.
 */
function ownAgents(
  agents: readonly Agent[],
  client: Client,
  listed: readonly Client[],
  owners: Map<string, number>,
  { dropped }: ReadCounters,
): readonly Agent[] {
  const path = '/agents/';
  return agents.filter((agent) => {
    const owner = owners.get(agent.agent_id);
    const named = isSameName(client.name, agent.client_name);
    if (!named && listed.some(({ name }) => isSameName(name, agent.client_name)))
      throw new ConnectorError('filter_ignored', 'agents of another client were in the answer', { path });
    if (owner !== undefined && owner !== client.id)
      throw new ConnectorError('filter_ignored', 'one agent was handed out for two clients', { path });
    if (!named) dropped.add('device.no_organization');
    else owners.set(agent.agent_id, client.id);
    return named;
  });
}

function isSameName(a: string | null | undefined, b: string | null | undefined): boolean {
  return (a?.trim() ?? '') === (b?.trim() ?? '');
}
