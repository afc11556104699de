import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import type { StoredEvent } from '../../src/domain/event.ts';
import type { StoredLedgerEntry } from '../../src/domain/ledger.ts';
import type { SilenceWindow } from '../../src/domain/window.ts';
import type { DeviceView } from '../../src/fleet/fleet-view.ts';
import { createApp } from '../../src/http/app.ts';
import { createToken } from '../../src/http/auth/token.ts';
import { inScope } from '../../src/http/core/scope.ts';
import type { AppDeps } from '../../src/http/deps.ts';
import type { HttpSettings } from '../../src/http/settings.ts';
import type { AuditRecord, OrganizationScope, Role, TokenRecord } from '../../src/store/patch-store.ts';
import { aFleet, aWindow, anEvidence, builtAt } from './builders.ts';

export interface ApiWorld {
  readonly views: readonly DeviceView[];
  readonly events?: readonly StoredEvent[];
  readonly ledger?: readonly StoredLedgerEntry[];
  readonly windows?: readonly SilenceWindow[];
  readonly audit?: readonly (AuditRecord & { readonly seq: number })[];
  /** Beside those that `token()` makes. */
  readonly tokens?: readonly TokenRecord[];
  readonly settings?: Partial<HttpSettings['api']>;
  readonly checks?: HttpSettings['checks'];
  readonly schedules?: HttpSettings['schedules'];
  readonly deps?: Partial<AppDeps>;
}

export interface RunningApi {
  readonly url: string;
  /** Records written while it ran. */
  readonly audit: AuditRecord[];
  /** Tokens as they are stored now. */
  readonly tokens: readonly TokenRecord[];
  token(role: Role, organizations?: OrganizationScope, overrides?: Partial<TokenRecord>): string;
  get(path: string, token: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  send(method: string, path: string, token: string, body?: unknown): Promise<Response>;
  setNow(at: number): void;
  close(): Promise<void>;
}

/** The app on a free port with fakes behind it: the fakes hold what they are given and decide nothing. */
export async function startApi(world: ApiWorld): Promise<RunningApi> {
  const audit: AuditRecord[] = [];
  const tokens: TokenRecord[] = [...(world.tokens ?? [])];
  let now = builtAt;
  const deps: AppDeps = { ...fakeDeps(world, audit, tokens, () => now), ...world.deps };
  const server = createServer(createApp(deps));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url,
    audit,
    tokens,
    token(role, organizations = 'all', overrides = {}) {
      const { id, text, secretHash } = createToken();
      tokens.push({ id, name: `${role}-token`, role, organizations, secretHash, createdAt: now, ...overrides });
      // The verifier keeps its list for five seconds.
      now += 6;
      return text.replace(id, overrides.id ?? id);
    },
    get: (path, token, headers = {}) =>
      fetch(url + path, { headers: { authorization: `Bearer ${token}`, ...headers } }),
    send: (method, path, token, body) =>
      fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    setNow(at) {
      now = at;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function fakeDeps(world: ApiWorld, audit: AuditRecord[], tokens: TokenRecord[], now: () => number): AppDeps {
  const { events = [], ledger = [], windows = [] } = world;
  const api: HttpSettings['api'] = {
    rateLimit: { requestsPerSecond: 1000, burst: 1000 },
    metricsAuth: 'required',
    webhooks: {},
    grafana: undefined,
    ...world.settings,
  };
  const settings: HttpSettings = {
    api,
    checks: world.checks ?? [],
    schedules: world.schedules ?? [],
    organizationLabel: 'organization',
    appUrl: undefined,
  };
  const page = <T extends { seq: number; organization: string }>(rows: readonly T[], query: PageQuery): readonly T[] =>
    rows
      .filter((row) => inScope(query.scope, row.organization))
      .filter((row) => query.beforeSeq === undefined || row.seq < query.beforeSeq)
      .filter((row) => query.afterSeq === undefined || row.seq > query.afterSeq)
      .sort((a, b) => (query.order === 'asc' ? a.seq - b.seq : b.seq - a.seq))
      .slice(0, query.limit);
  return {
    clock: { now },
    log: pino({ level: 'silent' }),
    version: '0.0.0-test',
    settings: () => settings,
    config: () => ({ storage: { url: 'sqlite::memory:' } }),
    fleet: aFleet(world.views),
    watcher: () => ({
      lastSuccessAt: builtAt - 5,
      intervalSeconds: 5,
      troubles: [
        {
          server: 'thanos',
          use: 'verification',
          reason: 'partial',
          message: 'answered in part only: receive store 192.0.2.7:10901: connection refused',
          since: builtAt - 300,
        },
      ],
    }),
    store: {
      queryEvents: (query) => Promise.resolve(page(events, query)),
      queryLedger: (query) => Promise.resolve(page(ledger, query)),
      queryWindows: ({ scope, limit }) =>
        Promise.resolve(windows.filter((window) => inScope(scope, window.organization)).slice(0, limit)),
      readWindow: (id) => Promise.resolve(windows.find((window) => window.id === id)),
      recentRuns: (source) =>
        Promise.resolve([
          {
            source,
            kind: 'snapshot',
            startedAt: builtAt - 65,
            endedAt: builtAt - 60,
            ok: true,
            devices: 7,
            dropped: {},
            unknownWords: {},
          },
        ]),
      listTokens: () => Promise.resolve([...tokens]),
      saveToken: (record) => {
        const at = tokens.findIndex(({ id }) => id === record.id);
        tokens.splice(at === -1 ? tokens.length : at, 1, record);
        return Promise.resolve();
      },
      queryAudit: (limit, beforeSeq = Infinity) =>
        Promise.resolve((world.audit ?? []).filter(({ seq }) => seq < beforeSeq).slice(0, limit)),
      appendAudit: (record) => {
        audit.push(record);
        return Promise.resolve();
      },
      check: () => Promise.resolve(),
    },
    ingest: {
      ingest: (batch) =>
        Promise.resolve(batch.map((event) => ({ result: 'accepted' as const, device: event.device ?? 'api:new' }))),
    },
    windows: {
      open: ({ devices, end, reason }, actor) =>
        Promise.resolve({
          ok: true,
          windows: devices.map((device) =>
            aWindow({ id: 'w-new', kind: 'maintenance', device, cause: reason, owner: actor, endsAt: end }),
          ),
        }),
      cancel: (id) =>
        Promise.resolve({ ok: true, windows: [aWindow({ id, closedAt: builtAt, outcome: 'cancelled' })] }),
    },
    orders: {
      place: (_device, { request, reason, owner, key }) => {
        const done = {
          state: 'accepted',
          text: 'the source took it',
          placedAt: builtAt,
          settledAt: builtAt + 1,
        } as const;
        return Promise.resolve({
          ok: true,
          isNew: key !== 'again',
          order: { id: 'order-new', request, reason, owner, ...done },
        });
      },
      scripts: () => Promise.resolve([{ id: '418', name: 'Remove an update', language: 'powershell' }]),
    },
    explain: {
      explain: (device) =>
        Promise.resolve({
          at: builtAt,
          summary: `${device} is quiet until 02:28 because KB5041160 was installed at 01:50.`,
          evidence: [
            {
              evidence: anEvidence(),
              verdict: 'valid',
              text: 'KB5041160 was installed 8 minutes before it went down.',
            },
          ],
          decision: { action: 'keep', reason: 'open', text: 'The window is open.', until: builtAt + 1680 },
          rules: [{ alert: 'HostDown', state: 'muted', since: builtAt - 120, text: 'Inhibited by PostPatchReboot.' }],
        }),
    },
    webhooks: { receive: () => Promise.resolve({ accepted: 1, duplicates: 0 }) },
    mappings: {
      set: () => Promise.resolve(),
      candidates: () => ({
        candidates: [
          { instance: 'srv-1:9182', because: 'host_name' },
          { instance: 'srv-10:9182', because: 'similar_name' },
        ],
        perOrganization: true,
      }),
    },
    metrics: (_req, res) => void res.end('patch_device_info 1\n'),
    reload: () => Promise.resolve({ ok: true }),
    started: () => true,
    basicAuthUsers: () => ({}),
    cursorKey: new Uint8Array(32),
  };
}

interface PageQuery {
  readonly scope: OrganizationScope;
  readonly beforeSeq?: number;
  readonly afterSeq?: number;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}
