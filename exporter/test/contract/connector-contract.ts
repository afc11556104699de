import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ReadContext, RmmConnector } from '../../src/connectors/connector.ts';
import { connectorTypes } from '../../src/connectors/registry.ts';
import type { DeviceFacts } from '../../src/domain/device.ts';
import { ConnectorError, type ConnectorErrorKind } from '../../src/domain/errors.ts';
import type { HttpMock, MockRoute } from '../support/http-mock.ts';

/** A connector over one set of fixtures. `http` is there when it speaks HTTP. */
export interface Prepared {
  readonly connector: RmmConnector;
  readonly http?: HttpMock;
}

/** What a connector's test hands over: its fixtures as situations, and what is expected of the first. */
export interface ConnectorContract {
  /** Folder and `type` in the registry. */
  readonly type: string;
  readonly now: number;
  /** The fleet as the vendor serves it, over more than one page or file. */
  readonly whole: () => Prepared;
  readonly expectedDevices: readonly DeviceFacts[];
  readonly empty: () => Prepared;
  /** At least one good device and at least one object that cannot be read. */
  readonly oneMalformed: () => Prepared;
  readonly allMalformed: () => Prepared;
  /** Holds a patch status nobody knows. */
  readonly unknownStatus: () => Prepared;
  /** Words that must show up nowhere: every credential in use. */
  readonly secrets: readonly string[];
  /** For connectors that speak HTTP: the same vendor, whose first data request is answered like this. */
  readonly answering?: (route: Omit<MockRoute, 'path'>) => Prepared;
  /** POSTs that are no writes: where tokens are asked for. */
  readonly tokenPaths?: readonly string[];
}

const faults: readonly (readonly [string, Omit<MockRoute, 'path'>, ConnectorErrorKind])[] = [
  ['401', { status: 401 }, 'auth'],
  ['403', { status: 403 }, 'forbidden'],
  ['429 with a long Retry-After', { status: 429, headers: { 'retry-after': '86400' } }, 'rate_limited'],
  ['503', { status: 503 }, 'unavailable'],
  ['no answer', { hang: true }, 'timeout'],
  ['200 with HTML', { headers: { 'content-type': 'text/html' }, body: '<html>login</html>' }, 'malformed'],
];

/** Every clause a connector has to keep; each connector's test calls this with its own fixtures. */
export function describeConnectorContract(contract: ConnectorContract): void {
  const collect = async ({ connector }: Prepared, signal = new AbortController().signal) => {
    if (connector.collect === undefined) throw new Error('this contract is for connectors that can be read');
    const context: ReadContext = { clock: { now: () => contract.now }, signal, progress: () => undefined };
    return await connector.collect(context);
  };
  const failure = async (prepared: Prepared, signal?: AbortSignal): Promise<ConnectorError> => {
    const error: unknown = await collect(prepared, signal).then(
      () => new Error('expected a failure'),
      (reason: unknown) => reason,
    );
    if (!(error instanceof ConnectorError)) throw error;
    return error;
  };

  describe(`${contract.type} keeps the connector contract`, () => {
    it('is named like its folder and its registry entry', () => {
      const { connector } = contract.whole();
      const folder = new URL(`../../src/connectors/${contract.type}/`, import.meta.url);
      expect(readdirSync(folder)).toContain('index.ts');
      expect([connector.type, connectorTypes[contract.type]?.type]).toEqual([contract.type, contract.type]);
    });

    it('offers exactly what its capabilities say', () => {
      const { connector } = contract.whole();
      const { snapshots, events, lookup, services, servicesWhileDown, checks, webhooks } = connector.capabilities;
      const { collect: whole, readEvents, lookup: one, readServices, readChecks, parseWebhook } = connector;
      const offers = [whole, readEvents, one, readServices, readChecks, parseWebhook];
      const declared = [snapshots, events, lookup, services, checks, webhooks];
      expect(offers.map((method) => method !== undefined)).toEqual(declared);
      expect(services || !servicesWhileDown).toBe(true);
    });

    it('takes orders exactly where its capabilities say so, and can read back what it takes', () => {
      const { capabilities, order, readOrder } = contract.whole().connector;
      const takesOrders = capabilities.scripts || capabilities.reboot || capabilities.maintenance;
      expect([order !== undefined, readOrder !== undefined]).toEqual([takesOrders, takesOrders]);
    });

    it('reads the whole fleet, each device once, over all pages', async () => {
      const prepared = contract.whole();
      const { devices } = await collect(prepared);
      expect(byId(devices)).toEqual(byId(contract.expectedDevices));
      expect(prepared.http?.unexpected ?? []).toEqual([]);
      expect(prepared.http?.unused() ?? []).toEqual([]);
    });

    it('sends only reads', async () => {
      const prepared = contract.whole();
      await collect(prepared);
      const writes = (prepared.http?.sent ?? []).filter(({ method }) => method !== 'GET');
      expect(writes.filter(({ url }) => !(contract.tokenPaths ?? []).includes(url.pathname))).toEqual([]);
    });

    it('takes an empty answer for an empty fleet', async () => {
      expect((await collect(contract.empty())).devices).toEqual([]);
    });

    it('pays for one malformed object with that object', async () => {
      const { devices, dropped } = await collect(contract.oneMalformed());
      expect(devices.length).toBeGreaterThan(0);
      expect(Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
    });

    it('fails when nothing could be read, instead of reporting an empty fleet', async () => {
      expect((await failure(contract.allMalformed())).kind).toBe('malformed');
    });

    it('calls a status it does not know unknown, and counts it', async () => {
      const { devices, unknownWords } = await collect(contract.unknownStatus());
      const statuses = devices.flatMap(({ patches }) => patches ?? []).map(({ status }) => status);
      if (connectorTypes[contract.type]?.capabilities.perPatch === true) expect(statuses).toContain('unknown');
      else expect(statuses).toEqual([]);
      expect(unknownWords['patch.status']).toBeGreaterThan(0);
    });

    it('stops when told to', async () => {
      expect((await failure(contract.whole(), AbortSignal.abort())).kind).toBe('aborted');
    });

    it('keeps its secrets to itself', async () => {
      const prepared = contract.whole();
      const snapshot = await collect(prepared);
      const shown = JSON.stringify(snapshot) + JSON.stringify(prepared.connector);
      for (const secret of contract.secrets) expect(shown).not.toContain(secret);
    });

    const { answering } = contract;
    if (answering === undefined) return;

    it.each(faults)('names %s by its own kind and shows no secret', async (_what, route, kind) => {
      const error = await failure(answering(route));
      expect(error.kind).toBe(kind);
      const shown = `${error.message} ${String(error.cause)} ${JSON.stringify(error)} ${String(error.stack)}`;
      for (const secret of contract.secrets) expect(shown).not.toContain(secret);
    });
  });
}

function byId(devices: readonly DeviceFacts[]): readonly DeviceFacts[] {
  return [...devices].sort((a, b) => (a.vendorId < b.vendorId ? -1 : 1));
}
