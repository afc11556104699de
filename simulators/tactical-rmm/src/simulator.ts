import {
  ApiError,
  createFaults,
  createFleet,
  createVendorServer,
  parseStrict,
  wallClock,
  wallTime,
  type BaseOptions,
  type SimulatedDevice,
  type SimulatedUpdate,
  type Simulator,
} from '@patchhaven/simulator-kit';
import type { Express, Request } from 'express';
import { z } from 'zod';

export interface TacticalOptions extends BaseOptions {
  readonly apiKey?: string;
  /** Zone in which the server writes install dates. */
  readonly timeZone?: string;
  /** The server does not know the filter by client and hands out everybody's agents. */
  readonly ignoresFilters?: boolean;
  /** What scripts end with, 30 seconds after they began. */
  readonly retcode?: number;
}

export const DEFAULT_API_KEY = 'simulator-key';

/** Tactical RMM's REST API as far as a reader of patches needs it. Slashes at the end are mandatory, as there. */
export function createTacticalSimulator(options: TacticalOptions = {}): Simulator {
  const { clock = wallClock, devices = 50, organizations = 3, apiKey = DEFAULT_API_KEY, timeZone = 'UTC' } = options;
  const faults = createFaults();
  const fleet = createFleet({ clock, faults, devices, organizations });

  const addRoutes = (app: Express): void => {
    app.use((request, _response, next) => {
      if (!request.path.endsWith('/')) throw new ApiError(301, 'moved', { Location: `${request.path}/` });
      next();
    });
    app.get('/clients/', (_request, response) => {
      response.json(fleet.organizations.map(({ number, name }) => ({ id: number, name, sites: [], agent_count: 0 })));
    });
    app.get('/agents/', (request, response) => {
      const query = parseStrict(AgentsQuery, request.query);
      const client = options.ignoresFilters === true ? undefined : query.client;
      const rows = fleet.list(client).map(agentRow);
      response.json(query.detail === 'true' ? rows : rows.map(({ agent_id, hostname }) => ({ agent_id, hostname })));
    });
    app.get('/agents/:id/', (request, response) => {
      const device = deviceOf(request);
      const installs = device.updates.map(({ at }) => at ?? 0);
      const newest = Math.max(0, ...installs);
      response.json({ ...agentRow(device), patches_last_installed: newest === 0 ? null : iso(newest), services: [] });
    });
    app.get('/agents/:id/checks/', (request, response) => {
      const device = deviceOf(request);
      response.json([
        checkRow(device, 1, 'ping', `Ping Check: ${device.name}`, device.online),
        checkRow(device, 2, 'winsvc', 'Service Check: Print Spooler', !device.stopped.includes('Spooler')),
        { id: 3, check_type: 'script', name: null, readable_desc: 'Script Check: last backup', check_result: {} },
      ]);
    });
    app.get('/services/:id/', (request, response) => {
      const { windows, online, stopped } = deviceOf(request);
      // The server asks the agent; one that is away, or that knows no such services, does not answer.
      if (!windows || !online) response.status(400).json('Unable to contact the agent');
      else response.json(serviceNames.map((name) => serviceRow(name, stopped.includes(name))));
    });
    app.get('/scripts/', (_request, response) => {
      response.json([{ id: 88, name: 'Remove an update', shell: 'powershell', script_type: 'userdefined' }]);
    });
    app.post('/agents/:id/reboot/', (request, response) => {
      const device = reachable(request);
      fleet.reboot(device.number);
      response.json('ok');
    });
    app.post('/agents/:id/runscript/', (request, response) => {
      const { number } = reachable(request);
      const { script } = parseStrict(RunScript, request.body);
      if (script !== 88) throw new ApiError(404, 'Not found.');
      runs.push({ number, script, at: clock.now() });
      response.json('Remove an update will now be run on this agent');
    });
    app.get('/agents/:id/history/', (request, response) => {
      const { number } = deviceOf(request);
      const own = runs.filter((run) => run.number === number);
      response.json(
        own.map(({ script, at }, index) => ({
          id: index + 1,
          time: iso(at),
          type: 'script_run',
          script,
          // The agent reports when the script has ended.
          script_results:
            clock.now() < at + 30
              ? null
              : { stdout: '', stderr: '', retcode: options.retcode ?? 0, execution_time: 30 },
        })),
      );
    });
    app.get('/winupdate/:id/', (request, response) => {
      response.json(deviceOf(request).updates.map(updateRow));
    });
  };

  const runs: { readonly number: number; readonly script: number; readonly at: number }[] = [];

  /** Orders go to the agent at once, and fail when it cannot be reached. */
  function reachable(request: Request): SimulatedDevice {
    const device = deviceOf(request);
    if (!device.online) throw new ApiError(400, 'Unable to contact the agent');
    return device;
  }

  function deviceOf(request: Request): SimulatedDevice {
    const id = /^SimulatedAgent-0*(\d+)$/.exec(String(request.params['id']))?.[1];
    const device = fleet.find(Number(id));
    if (device === undefined) throw new ApiError(404, 'Not found.');
    return device;
  }

  const agentRow = (device: SimulatedDevice) => ({
    agent_id: agentId(device.number),
    hostname: device.name,
    client_name: fleet.organizations[device.organization - 1]?.name ?? null,
    site_name: 'HQ',
    monitoring_type: device.number % 3 === 0 ? 'server' : 'workstation',
    plat: device.windows ? 'windows' : 'linux',
    goarch: 'amd64',
    version: '2.11.0',
    operating_system: device.windows
      ? 'Windows Server 2022 Standard, 64 bit v21H2 (build 20348.2582)'
      : 'Debian 12 bookworm x86_64',
    local_ips: `10.${String(device.number >> 16)}.${String((device.number >> 8) & 255)}.${String(device.number & 255)}, fe80::1`,
    public_ip: '198.51.100.20',
    needs_reboot: device.needsReboot,
    has_patches_pending: device.updates.some(({ state }) => state === 'approved'),
    status: device.online ? 'online' : 'overdue',
    last_seen: iso(device.lastSeenAt),
    boot_time: device.lastBootAt,
    maintenance_mode: false,
    checks: { total: 1, passing: 1, failing: 0, warning: 0, info: 0, has_failing_checks: false },
    custom_fields: [{ id: 1, field: 4, agent: device.number, value: `ring:${String(device.number % 3)}` }],
  });

  const checkRow = ({ lastSeenAt }: SimulatedDevice, id: number, type: string, name: string, passes: boolean) => ({
    id,
    check_type: type,
    name: null,
    readable_desc: name,
    check_result: { status: passes ? 'passing' : 'failing', last_run: iso(lastSeenAt), retcode: 0 },
  });

  const updateRow = ({ kb, title, state, at }: SimulatedUpdate) => ({
    id: kb,
    guid: `guid-${String(kb)}`,
    kb: `KB${String(kb)}`,
    title,
    severity: 'Critical',
    installed: state === 'installed',
    downloaded: state !== 'waiting',
    action: state === 'rejected' ? 'ignore' : state === 'waiting' ? 'inherit' : 'approve',
    result: state === 'failed' ? 'failed' : state === 'installed' ? 'success' : 'n/a',
    date_installed: at === undefined ? null : localDate(at, timeZone),
    categories: ['Security Updates'],
    kb_article_ids: [String(kb)],
  });

  const server = createVendorServer({
    clock,
    faults,
    ...(options.rateLimit === undefined ? {} : { rateLimit: options.rateLimit }),
    nameKeys: new Set(['hostname', 'site_name', 'title']),
    wordKeys: new Set(['severity', 'action', 'result', 'plat', 'status', 'monitoring_type']),
    authenticate(request) {
      if (request.headers['x-api-key'] !== apiKey) throw new ApiError(401, 'Invalid token.');
    },
    addRoutes,
  });
  return { fleet, faults, requests: server.requests, listen: server.listen };
}

const serviceNames = ['W3SVC', 'WAS', 'MSSQLSERVER', 'Spooler', 'wuauserv'];

function serviceRow(name: string, isStopped: boolean) {
  const onDemand = name === 'wuauserv';
  return {
    name,
    display_name: name,
    status: isStopped || onDemand ? 'stopped' : 'running',
    start_type: onDemand ? 'Manual' : 'Automatic',
    autodelay: false,
    pid: isStopped ? 0 : 4242,
  };
}

/** 28 characters: the vendor's own are at least 21. */
export function agentId(number: number): string {
  return `SimulatedAgent-${String(number).padStart(13, '0')}`;
}

const RunScript = z.strictObject({
  script: z.int(),
  output: z.literal('forget'),
  args: z.array(z.string()),
  env_vars: z.array(z.string()),
  run_as_user: z.boolean(),
  timeout: z.int().positive(),
});

const AgentsQuery = z.strictObject({
  detail: z.enum(['true', 'false']).default('false'),
  client: z.string().regex(/^\d+$/).transform(Number).optional(),
});

function iso(at: number): string {
  return new Date(at * 1000).toISOString();
}

/** `%m %d %Y %H:%M`, without a word about the zone. */
function localDate(at: number, zone: string): string {
  const [year = '', month = '', day = '', hour = '', minute = ''] = wallTime(at, zone).split(/[-T:]/);
  return `${month} ${day} ${year} ${hour}:${minute}`;
}
