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
import { filterBy, type Row } from './conditions.ts';
import { orderRoutes } from './orders.ts';

export interface AutomateOptions extends BaseOptions {
  /** The spelling of list parameters that this server understands; it ignores the other, or both, without a word. */
  readonly spelling?: 'flat' | 'options' | 'none';
  /** Zone of all its times, none of which names one. */
  readonly timeZone?: string;
  readonly tokenLifetimeSeconds?: number;
  readonly twoFactor?: boolean;
  /** How scripts end, 30 seconds after they began; `refused`: they do not begin. */
  readonly scripts?: 'Success' | 'Failure' | 'refused';
}

export const DEFAULT_ACCOUNT = {
  clientId: '11111111-2222-4333-8444-555555555555',
  userName: 'simulator',
  userPassword: 'simulator-password',
} as const;

export interface AutomateSimulator extends Simulator {
  /** Ends every token, as a restart of the server does. */
  revokeTokens(): void;
  /** Somebody sets maintenance in the console: there is no route for it. */
  setMaintenance(number: number, minutes: number): void;
}

const api = '/cwa/api/v1';
/** Rows of a page when nobody says how many, or nobody is understood. */
const defaultPageSize = 25;
const maxPageSize = 1000;

/** ConnectWise Automate's REST API v1 as far as a reader of patches needs it. */
export function createAutomateSimulator(options: AutomateOptions = {}): AutomateSimulator {
  const { clock = wallClock, devices = 50, organizations = 3, spelling = 'flat', timeZone = 'UTC' } = options;
  const lifetimeSeconds = options.tokenLifetimeSeconds ?? 3600;
  const faults = createFaults();
  const fleet = createFleet({ clock, faults, devices, organizations });
  const tokens = new Map<string, number>();
  const maintenance = new Map<number, { readonly at: number; readonly minutes: number }>();
  let issued = 0;

  function issueToken() {
    issued += 1;
    const AccessToken = `simulated-token-${String(issued)}`;
    tokens.set(AccessToken, clock.now() + lifetimeSeconds);
    const ExpirationDate = wallTime(clock.now() + lifetimeSeconds, timeZone);
    return { AccessToken, TokenType: 'bearer', ExpirationDate, IsTwoFactorRequired: false };
  }

  function authenticate({ headers }: Request): void {
    if (headers['clientid'] !== DEFAULT_ACCOUNT.clientId) throw new ApiError(401, 'clientId is missing or unknown');
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    if ((tokens.get(token) ?? 0) <= clock.now()) throw new ApiError(401, 'the token is not valid');
  }

  function addTokenRoutes(app: Express): void {
    app.post(`${api}/apitoken`, (request, response) => {
      if (request.headers['clientid'] !== DEFAULT_ACCOUNT.clientId) throw new ApiError(401, 'clientId is missing');
      const body = parseStrict(Credentials, request.body);
      if (body.UserName !== DEFAULT_ACCOUNT.userName || body.Password !== DEFAULT_ACCOUNT.userPassword)
        throw new ApiError(401, 'the user or the password is wrong');
      response.json(options.twoFactor === true ? { AccessToken: null, IsTwoFactorRequired: true } : issueToken());
    });
    app.post(`${api}/apitoken/refresh`, (request, response) => {
      authenticate(request);
      if (typeof request.body !== 'string') throw new ApiError(400, 'the body is the token as a JSON string');
      tokens.delete(request.body);
      response.json(issueToken());
    });
  }

  /** One page of a list, of the parameters that this server understands. */
  function page<T>(items: readonly T[], toRow: (item: T) => Row, { query }: Request, toKey: (item: T) => Row = toRow) {
    const read = (flat: string, spelt: string): string | undefined => {
      const value = spelling === 'none' ? undefined : query[spelling === 'flat' ? flat : `options.${spelt}`];
      return typeof value === 'string' ? value : undefined;
    };
    const size = Math.min(Number(read('pageSize', 'pageSize') ?? defaultPageSize), maxPageSize);
    const first = (Number(read('page', 'page') ?? 1) - 1) * size;
    const fields = read('includeFields', 'includedFields')?.split(',');
    const condition = read('condition', 'condition');
    const found = filterBy(items, condition, toKey)
      .slice(first, first + size)
      .map(toRow);
    if (fields === undefined) return found;
    return found.map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => fields.includes(key))));
  }

  function deviceOf(request: Request): SimulatedDevice {
    const device = fleet.find(Number(request.params['id']));
    if (device === undefined) throw new ApiError(404, 'no such computer');
    return device;
  }

  function addRoutes(app: Express): void {
    app.get(`${api}/DatabaseServerTime`, (_request, response) => {
      response.json(wallTime(clock.now(), timeZone));
    });
    app.get(`${api}/Clients`, (request, response) => {
      response.json(page(fleet.organizations, ({ number, name }) => ({ Id: String(number), Name: name }), request));
    });
    app.get(`${api}/Computers`, (request, response) => {
      response.json(page(fleet.list(), computerRow, request, computerKey));
    });
    // Before the routes of one computer: it would be taken for an id.
    app.get(`${api}/Computers/MaintenanceModes`, (request, response) => {
      response.json(page([...maintenance], maintenanceRow, request));
    });
    orderRoutes(app, {
      clock,
      deviceOf,
      page,
      wallTime: (at) => wallTime(at, timeZone),
      scripts: options.scripts ?? 'Success',
      reboot: (number) => {
        fleet.reboot(number);
      },
    });
    app.get(`${api}/Computers/:id/PatchingStats`, (request, response) => {
      const { number, updates, windows } = deviceOf(request);
      const count = (...states: string[]) => updates.filter(({ state }) => states.includes(state)).length;
      response.json({
        ComputerId: number,
        InstalledPatchCount: count('installed'),
        MissingPatchCount: count('waiting', 'approved', 'failed'),
        FailedPatchCount: count('failed'),
        Stage: 'Production',
        NoPatchInventory: !windows,
      });
    });
    app.get(`${api}/Computers/:id/MicrosoftUpdates`, (request, response) => {
      const device = deviceOf(request);
      response.json(page(device.updates, (update) => updateRow(device, update), request));
    });
  }

  const maintenanceRow = ([number, { at, minutes }]: readonly [number, { at: number; minutes: number }]): Row => ({
    ComputerID: number,
    TimeStart: wallTime(at, timeZone),
    Duration: minutes,
    Mode: 1,
    UserID: 4,
  });

  /** What a condition may name, without the cost of the whole row. */
  const computerKey = ({ number, organization }: SimulatedDevice): Row => ({
    Id: number,
    Client: { Id: organization },
  });

  const computerRow = (device: SimulatedDevice): Row => ({
    // Text in one model, a number in the next: as the vendor has it.
    Id: String(device.number),
    ComputerName: device.name,
    FriendlyName: device.name,
    Type: device.number % 3 === 0 ? 'Server' : 'Workstation',
    Client: { Id: String(device.organization), Name: fleet.organizations[device.organization - 1]?.name ?? null },
    Location: { Id: String(device.organization), Name: 'HQ' },
    OperatingSystemName: device.windows ? 'Microsoft Windows Server 2019 Standard x64' : 'Ubuntu 24.04',
    OperatingSystemVersion: device.windows ? '10.0.17763.6189' : '24.04',
    DomainName: 'sim.local',
    LocalIPAddress: `10.${String(device.number >> 16)}.${String((device.number >> 8) & 255)}.${String(device.number & 255)}`,
    Status: device.online ? 'Online' : 'Offline',
    RemoteAgentLastContact: wallTime(device.lastSeenAt, timeZone),
    LastStartup: wallTime(device.lastBootAt, timeZone),
    SystemUptime: Math.floor((clock.now() - device.lastBootAt) / 60),
    IsRebootNeeded: device.needsReboot,
    IsMaintenanceModeEnabled: maintenance.has(device.number),
    AssetTag: `ring=${String(device.number % 3)}`,
    Tickets: [],
  });

  const updateRow = ({ number }: SimulatedDevice, { kb, title, state, at }: SimulatedUpdate) => ({
    MicrosoftUpdateId: `update-${String(kb)}`,
    ComputerId: number,
    Title: title,
    KnowledgeBaseId: kb,
    Category: 'Security Updates',
    Severity: 'Critical',
    Cvss: 8.8,
    InstallState: state,
    IsInstalled: state === 'installed',
    IsFailed: state === 'failed',
    InstallDate: at === undefined ? '0001-01-01T00:00:00' : wallTime(at, timeZone),
    PolicyApproval: { Id: 1, Name: state === 'rejected' ? 'Denied' : state === 'waiting' ? 'Not Set' : 'Approved' },
  });

  const server = createVendorServer({
    clock,
    faults,
    ...(options.rateLimit === undefined ? {} : { rateLimit: options.rateLimit }),
    nameKeys: new Set(['ComputerName', 'FriendlyName', 'Name', 'Title']),
    wordKeys: new Set(['Severity', 'Category', 'Type', 'Status']),
    authenticate,
    addTokenRoutes,
    addRoutes,
  });
  return {
    fleet,
    faults,
    requests: server.requests,
    listen: server.listen,
    setMaintenance: (number, minutes) => {
      maintenance.set(number, { at: clock.now(), minutes });
    },
    revokeTokens: () => {
      tokens.clear();
    },
  };
}

const Credentials = z.strictObject({
  UserName: z.string(),
  Password: z.string(),
  TwoFactorPasscode: z.string().optional(),
});
