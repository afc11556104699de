import type { RmmConnector } from '../../src/connectors/connector.ts';
import type { ConnectorDefinition } from '../../src/connectors/definition.ts';
import { connectorTypes } from '../../src/connectors/registry.ts';

export interface WorldDevice {
  /** Digits; a connector's world may dress them up, and then says so by `vendorIdOf`. */
  readonly id: string;
  readonly name: string | null;
  /** Id of its organization. */
  readonly organization: string;
  readonly lastSeenAt?: number;
  readonly lastBootAt?: number;
  readonly rebootPending?: boolean;
  /** When KB5040437 was installed on it. */
  readonly installedAt?: number;
  /** Services, and checks alike; `odd` is a state the vendor has invented. */
  readonly health?: readonly WorldHealth[];
}

export interface WorldHealth {
  readonly name: string;
  readonly state: 'good' | 'bad' | 'odd';
  readonly observedAt?: number;
}

/** A fleet in no vendor's words. */
export interface WorldFleet {
  readonly organizations: readonly { readonly id: string; readonly name: string | null }[];
  readonly devices: readonly WorldDevice[];
}

export interface VendorRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: string;
}

/** Answers one request as the vendor would: a JSON body, a whole Response, or undefined for 404. */
export type VendorHandler = (request: VendorRequest, fleet: WorldFleet) => unknown;

/** A connector and the vendor it reads; tests change the vendor while the connector lives on. */
export interface World {
  readonly connector: RmmConnector;
  readonly time: { now: number };
  fleet: WorldFleet;
  /** Stands between the vendor and the connector: what it returns is what arrives. Tokens pass by. */
  between: ((body: unknown, request: VendorRequest) => unknown) | undefined;
  /** Every pause the connector took, in milliseconds. */
  readonly pausesMs: readonly number[];
  vendorIdOf(id: string): string;
}

export interface VendorDescription {
  readonly type: string;
  /** For one that is not in the registry. */
  readonly definition?: ConnectorDefinition;
  readonly options: Readonly<Record<string, unknown>>;
  readonly handle: VendorHandler;
  readonly tokenPaths?: readonly string[];
  readonly vendorIdOf?: (id: string) => string;
  /** Back from the id the vendor gives an organization. */
  readonly organizationIdOf?: (vendorOrganizationId: string) => string;
}

export const worldStart = 1_786_442_060;

/** A world over HTTP, on a clock that only pauses move. Organizations are keyed `org-<vendor id>`. */
export function createVendorWorld(vendor: VendorDescription): World {
  const time = { now: worldStart };
  const pausesMs: number[] = [];
  const world: World = {
    time,
    fleet: { organizations: [], devices: [] },
    between: undefined,
    pausesMs,
    vendorIdOf: vendor.vendorIdOf ?? ((id) => id),
    connector: create(),
  };

  function create(): RmmConnector {
    const definition = vendor.definition ?? connectorTypes[vendor.type];
    const connector = definition?.create(vendor.options, {
      id: 'rmm',
      organizationKey: (id) => `org-${vendor.organizationIdOf?.(id) ?? id}`,
      fetch: answer,
      clock: { now: () => time.now },
      sleep: (ms, signal) => {
        if (signal?.aborted === true) return Promise.reject(new Error('aborted'));
        pausesMs.push(ms);
        time.now += ms / 1000;
        return Promise.resolve();
      },
      random: () => 0,
    });
    if (connector === undefined) throw new Error(`no connector ${vendor.type}`);
    return connector;
  }

  async function answer(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const url = new URL(input instanceof Request ? input.url : input);
    const request: VendorRequest = {
      method: init?.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: new Headers(init?.headers),
      body:
        init?.body instanceof URLSearchParams ? init.body.toString() : typeof init?.body === 'string' ? init.body : '',
    };
    const told = vendor.handle(request, world.fleet);
    const isToken = vendor.tokenPaths?.includes(request.path) === true;
    const body = isToken || world.between === undefined ? told : world.between(told, request);
    if (body === hang) return await never(init?.signal ?? undefined);
    if (body instanceof Response) return body;
    if (body === undefined) return new Response('{}', { status: 404 });
    return jsonAnswer(typeof body === 'string' ? body : JSON.stringify(body));
  }

  return world;
}

const jsonHeaders = new Headers({ 'content-type': 'application/json' });

/** As much of a Response as the client reads: a real one takes a third of the time of a hundred thousand answers. */
function jsonAnswer(text: string): Response {
  const body = [Buffer.from(text)];
  return { ok: true, status: 200, headers: jsonHeaders, body } as unknown as Response;
}

/** As a body: no answer ever comes. */
export const hang = Symbol('hang');

async function never(signal: AbortSignal | undefined): Promise<Response> {
  return await new Promise((_resolve, reject) => {
    const stop = (): void => {
      reject(new DOMException('aborted', 'AbortError'));
    };
    signal?.addEventListener('abort', stop);
    if (signal?.aborted === true) stop();
  });
}
