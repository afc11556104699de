import type { StackDevice } from './devices.ts';
import type { ExporterProcess } from './exporter-process.ts';

/** What the tests read of a window. Times are RFC 3339. */
export interface WindowAnswer {
  readonly id: string;
  readonly kind: 'quiet' | 'maintenance';
  readonly open: boolean;
  readonly outcome: string | null;
  readonly endsAt: string;
  readonly verification: {
    readonly verdict: string;
    readonly checks: readonly { readonly check: string; readonly detail: string }[];
  } | null;
}

export interface DeviceAnswer {
  readonly id: string;
  readonly name: string;
  readonly organization: string;
  readonly identity: { readonly status: string; readonly instance?: string };
}

export interface OrderAnswer {
  readonly id: string;
  readonly state: string;
  readonly owner: string;
}

interface DecisionAnswer {
  readonly action: string;
  readonly reason: string;
}

interface LedgerAnswer {
  readonly action: string;
  readonly reason: string;
}

export interface EventReport {
  readonly accepted: number;
  readonly results: readonly { readonly result: string; readonly reason?: string }[];
}

/** One posted event; the time is epoch seconds. */
export interface PostedEvent {
  readonly type: string;
  readonly at: number;
  readonly data?: object;
}

/** The API of one exporter, in the words of the tests. */
export class ExporterApi {
  readonly #exporter: ExporterProcess;

  constructor(exporter: ExporterProcess) {
    this.#exporter = exporter;
  }

  get tokens(): ExporterProcess['tokens'] {
    return this.#exporter.tokens;
  }

  /** Posts events about a device by its host name; the answer is whatever the exporter says. Without a token: none. */
  async post(
    device: StackDevice,
    events: readonly PostedEvent[],
    token: string | undefined = this.tokens.reporter,
  ): Promise<{ readonly status: number; readonly body: EventReport }> {
    const body = events.map(({ type, at, data = {} }) => ({
      type,
      occurredAt: new Date(at * 1000).toISOString(),
      organization: device.organization,
      hostName: device.name,
      data,
    }));
    const response = await this.#send('POST', '/api/v1/events', token, { events: body });
    return { status: response.status, body: (await response.json()) as EventReport };
  }

  async devices(): Promise<readonly DeviceAnswer[]> {
    return this.#list<DeviceAnswer>('/api/v1/devices?limit=200');
  }

  async quietWindows(device: StackDevice): Promise<readonly WindowAnswer[]> {
    const id = await this.#idOf(device);
    return this.#list<WindowAnswer>(`/api/v1/windows?kind=quiet&device=${encodeURIComponent(id)}`);
  }

  async ledger(device: StackDevice): Promise<readonly LedgerAnswer[]> {
    const id = await this.#idOf(device);
    return this.#list<LedgerAnswer>(`/api/v1/ledger?device=${encodeURIComponent(id)}`);
  }

  /** What would be decided if the device went down now, or has been. */
  async decision(device: StackDevice): Promise<DecisionAnswer> {
    const path = `/api/v1/devices/${encodeURIComponent(await this.#idOf(device))}/explain`;
    return (await this.#read<{ decision: DecisionAnswer }>(path)).decision;
  }

  /** Orders something for the device, as an operator; the answer is the order. */
  async order(device: StackDevice, body: object): Promise<OrderAnswer> {
    const path = `/api/v1/devices/${encodeURIComponent(await this.#idOf(device))}/orders`;
    const response = await this.#send('POST', path, this.tokens.operator, body);
    if (response.status !== 201) throw new Error(`POST ${path}: ${String(response.status)} ${await response.text()}`);
    return (await response.json()) as OrderAnswer;
  }

  async orders(device: StackDevice): Promise<readonly OrderAnswer[]> {
    return this.#list<OrderAnswer>(`/api/v1/devices/${encodeURIComponent(await this.#idOf(device))}/orders`);
  }

  async cancelWindow(id: string): Promise<number> {
    const { operator } = this.tokens;
    return (await this.#send('DELETE', `/api/v1/windows/${id}`, operator, { reason: 'the test says so' })).status;
  }

  async #idOf({ name, organization }: StackDevice): Promise<string> {
    const found = (await this.devices()).find((known) => known.name === name && known.organization === organization);
    if (found === undefined) throw new Error(`no device ${name} in ${organization}`);
    return found.id;
  }

  async #list<T>(path: string): Promise<readonly T[]> {
    return (await this.#read<{ items: T[] }>(path)).items;
  }

  async #read<T>(path: string): Promise<T> {
    const response = await this.#send('GET', path, this.tokens.operator);
    if (!response.ok) throw new Error(`GET ${path}: ${String(response.status)} ${await response.text()}`);
    return (await response.json()) as T;
  }

  #send(method: string, path: string, token: string | undefined, body?: object): Promise<Response> {
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const signal = AbortSignal.timeout(10_000);
    const init = { method, headers, signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return fetch(this.#exporter.url + path, init);
  }
}
