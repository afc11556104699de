import {
  ApiError,
  createFaults,
  createFleet,
  createVendorServer,
  parseStrict,
  wallClock,
  type BaseOptions,
  type SimulatedDevice,
  type Simulator,
} from '@patchhaven/simulator-kit';
import type { Express, Request } from 'express';
import { z } from 'zod';

export const DEFAULT_KEY = { apiKey: 'simulator-key', apiSecret: 'simulator-secret' } as const;

const maxPage = 250;

export interface DattoOptions extends BaseOptions {
  /** How quick jobs end, 30 seconds after they began. */
  readonly jobEnd?: 'Success' | 'Warning' | 'Failure' | 'Expired';
}

/** Datto RMM's API v2 as far as a reader of devices, and of quick jobs, needs it. */
export function createDattoSimulator(options: DattoOptions = {}): Simulator {
  const { clock = wallClock, devices = 50, organizations = 3 } = options;
  const faults = createFaults();
  const fleet = createFleet({ clock, faults, devices, organizations });
  const token = 'simulated-token';

  function addTokenRoutes(app: Express): void {
    app.post('/auth/oauth/token', (request, response) => {
      const basic = `Basic ${Buffer.from('public-client:public').toString('base64')}`;
      if (request.headers.authorization !== basic) throw new ApiError(401, 'unknown client');
      const form = parseStrict(TokenForm, request.body);
      if (form.username !== DEFAULT_KEY.apiKey || form.password !== DEFAULT_KEY.apiSecret)
        throw new ApiError(400, 'invalid_grant');
      response.json({ access_token: token, token_type: 'bearer', expires_in: 360_000 });
    });
  }

  function addRoutes(app: Express): void {
    app.get('/api/v2/account/devices', (request, response) => {
      const { page, max } = parseStrict(PageQuery, request.query);
      const all = fleet.list();
      const shown = all.slice(page * max, (page + 1) * max);
      const next = `${request.protocol}://${request.headers.host ?? ''}${request.path}?max=${String(max)}&page=${String(page + 1)}`;
      const nextPageUrl = all.length > (page + 1) * max ? next : null;
      response.json({
        pageDetails: { count: shown.length, totalCount: all.length, prevPageUrl: null, nextPageUrl },
        devices: shown.map(deviceRow),
      });
    });
    app.get('/api/v2/device/:uid', (request, response) => {
      response.json(deviceRow(deviceOf(request)));
    });
  }

  const jobs = new Map<string, { readonly device: number; readonly at: number }>();

  function addJobRoutes(app: Express): void {
    app.put('/api/v2/device/:uid/quickjob', (request, response) => {
      const { number } = deviceOf(request);
      parseStrict(QuickJob, request.body);
      const uid = uidOf('b', jobs.size + 1);
      jobs.set(uid, { device: number, at: clock.now() });
      response.json({ job: { id: jobs.size, uid, status: 'active' } });
    });
    app.get('/api/v2/job/:job/results/:uid', (request, response) => {
      const job = jobs.get(request.params.job);
      if (job?.device !== deviceOf(request).number) throw new ApiError(404, 'no such job');
      const jobDeploymentStatus = clock.now() < job.at + 30 ? 'Running' : (options.jobEnd ?? 'Success');
      response.json({ jobUid: request.params.job, deviceUid: request.params.uid, jobDeploymentStatus });
    });
  }

  function deviceOf(request: Request): SimulatedDevice {
    const device = fleet.find(Number(/-0*(\d+)$/.exec(String(request.params['uid']))?.[1]));
    if (device === undefined) throw new ApiError(404, 'no such device');
    return device;
  }

  function deviceRow(device: SimulatedDevice) {
    const { number, organization, updates } = device;
    const count = (...states: string[]) => updates.filter(({ state }) => states.includes(state)).length;
    const open = count('approved') + count('waiting') + count('failed');
    const status = device.needsReboot ? 'RebootRequired' : count('failed') > 0 ? 'InstallError' : 'ApprovedPending';
    return {
      id: number,
      uid: uidOf('d', number),
      siteUid: uidOf('a', organization),
      siteName: fleet.organizations[organization - 1]?.name ?? null,
      hostname: device.name,
      domain: 'sim.local',
      intIpAddress: `10.${String(number >> 16)}.${String((number >> 8) & 255)}.${String(number & 255)}`,
      operatingSystem: device.windows ? 'Microsoft Windows Server 2022 Standard 10.0.20348' : 'Ubuntu 24.04',
      online: device.online,
      suspended: false,
      deleted: false,
      // The description says ISO 8601; live data is milliseconds.
      lastSeen: Math.round(device.lastSeenAt * 1000),
      lastReboot: Math.round(device.lastBootAt * 1000),
      rebootRequired: device.needsReboot,
      udf: { udf1: `ring:${String(number % 3)}` },
      patchManagement: {
        patchStatus: device.windows ? (open === 0 ? 'FullyPatched' : status) : 'NoPolicy',
        patchesApprovedPending: count('approved', 'failed'),
        patchesNotApproved: count('waiting'),
        patchesInstalled: count('installed'),
      },
    };
  }

  const server = createVendorServer({
    clock,
    faults,
    ...(options.rateLimit === undefined ? {} : { rateLimit: options.rateLimit }),
    nameKeys: new Set(['hostname', 'siteName', 'domain']),
    wordKeys: new Set(['patchStatus']),
    authenticate({ headers }) {
      if (headers.authorization !== `Bearer ${token}`) throw new ApiError(401, 'the token is not valid');
    },
    addTokenRoutes,
    addRoutes: (app) => {
      addRoutes(app);
      addJobRoutes(app);
    },
  });
  return { fleet, faults, requests: server.requests, listen: server.listen };
}

export function uidOf(kind: 'a' | 'b' | 'd', number: number): string {
  return `${kind}0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

const TokenForm = z.strictObject({ grant_type: z.literal('password'), username: z.string(), password: z.string() });

const QuickJob = z.strictObject({
  jobName: z.string().min(1),
  jobComponent: z.strictObject({
    componentUid: z.uuid(),
    variables: z.array(z.strictObject({ name: z.string().min(1), value: z.string() })),
  }),
});

const whole = z.string().regex(/^\d+$/).transform(Number);
const PageQuery = z.strictObject({
  page: whole.default(0),
  max: whole.pipe(z.number().min(1).max(maxPage)).default(maxPage),
});
