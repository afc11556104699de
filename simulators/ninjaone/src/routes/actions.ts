import type { Router } from 'express';
import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import type { SimulatorContext } from '../context.ts';
import type { DeviceIdentity } from '../identity.ts';
import { parse } from '../params.ts';
import { pathDevice } from './request.ts';

/** The reply of `script/run` is not specified; these are the forms clients have met. */
export const SCRIPT_REPLIES = ['empty', 'number', 'uuid', 'activity-id', 'id', 'job-uid'] as const;
export type ScriptReply = (typeof SCRIPT_REPLIES)[number];

/** In which unit a bare number in a maintenance request is read; the vendor's text and its clients disagree. */
export type MaintenanceNumberUnit = 'milliseconds' | 'seconds';

export interface ScriptRun {
  readonly deviceId: number;
  readonly type: 'SCRIPT' | 'ACTION';
  readonly id?: number | undefined;
  readonly uid?: string | undefined;
  readonly parameters?: string | undefined;
  readonly runAs?: string | undefined;
}

export interface ActionOptions {
  readonly scriptReply: ScriptReply;
  readonly maintenanceNumberUnit: MaintenanceNumberUnit;
  /** What a script does and how it ends. */
  readonly onScript: (run: ScriptRun) => 'SUCCESS' | 'FAILURE';
}

const NoQuery = z.strictObject({});
const Reboot = z.strictObject({ reason: z.string().optional() }).optional();
const Instant = z.union([z.iso.datetime({ offset: true }), z.number()]);
const Maintenance = z.strictObject({
  disabledFeatures: z.array(z.enum(['ALERTS', 'PATCHING', 'AVSCANS', 'TASKS'])).min(1),
  start: Instant.optional(),
  end: Instant,
  reasonMessage: z.string().optional(),
});
const Script = z.strictObject({
  type: z.enum(['SCRIPT', 'ACTION']),
  id: z.int().optional(),
  uid: z.uuid().optional(),
  parameters: z.string().optional(),
  runAs: z.string().optional(),
});

/** What can be run on every device: one script, and built-in actions. */
const CATALOGUE = [
  { type: 'SCRIPT', id: 418, name: 'Remove an update', language: 'powershell', architecture: ['64'], categoryId: 3 },
  {
    type: 'SCRIPT',
    id: 420,
    name: 'Clear the print queue',
    language: 'batchfile',
    architecture: ['32', '64'],
    categoryId: 3,
  },
  {
    type: 'ACTION',
    uid: '4c9d1a52-6a1c-4a35-8f0e-1f7b7f6a2c11',
    name: 'Run chkdsk',
    language: 'native',
    categoryId: 1,
  },
] as const;

/** Orders to devices: fire and forget, without ids, as with the vendor. */
export function addActionRoutes(router: Router, context: SimulatorContext, options: ActionOptions): void {
  addMaintenanceRoutes(router, context, options.maintenanceNumberUnit);
  addPatchRoutes(router, context);

  router.post('/device/:id/reboot/:mode', (request, response) => {
    parse(NoQuery, request.query, 'query parameter');
    parse(Reboot, request.body, 'body');
    if (!['NORMAL', 'FORCED'].includes(request.params.mode)) throw new ApiError(400, 'mode must be NORMAL or FORCED');
    context.machines.reboot(pathDevice(context, request));
    response.status(204).end();
  });

  router.get('/device/:id/scripting/options', (request, response) => {
    parse(NoQuery, request.query, 'query parameter');
    pathDevice(context, request);
    const categories = [
      { id: 1, name: 'System' },
      { id: 3, name: 'Updates' },
    ];
    response.json({ categories, scripts: CATALOGUE, credentials: { roles: ['system', 'loggedonuser'] } });
  });

  router.post('/device/:id/script/run', (request, response) => {
    parse(NoQuery, request.query, 'query parameter');
    const script = parse(Script, request.body, 'body');
    if (script.type === 'SCRIPT' && script.id === undefined)
      throw new ApiError(400, 'body "id" is required for a SCRIPT');
    if (script.type === 'ACTION' && script.uid === undefined)
      throw new ApiError(400, 'body "uid" is required for an ACTION');
    const known = CATALOGUE.some((item) => ('id' in item ? item.id === script.id : item.uid === script.uid));
    if (!known) throw new ApiError(404, 'no such script or action');
    const device = pathDevice(context, request);
    const seriesUid = runScript(context, device, { deviceId: device.id, ...script }, options);
    const reply = scriptReply(options.scriptReply, context.log.lastId, seriesUid);
    if (reply === undefined) response.status(204).end();
    else response.json(reply);
  });
}

function addMaintenanceRoutes(router: Router, context: SimulatorContext, unit: MaintenanceNumberUnit): void {
  router.put('/device/:id/maintenance', (request, response) => {
    parse(NoQuery, request.query, 'query parameter');
    const asked = parse(Maintenance, request.body, 'body');
    const now = context.clock.now();
    const start = asked.start === undefined ? now : toUnixSeconds(asked.start, unit);
    const end = toUnixSeconds(asked.end, unit);
    if (end <= Math.max(start, now)) throw new ApiError(400, 'body "end" must lie in the future and after "start"');
    const { reasonMessage } = asked;
    const shift = context.faults.take('maintenance-shifted', request.path)?.seconds ?? 0;
    context.fleet.change(pathDevice(context, request)).maintenance = {
      start,
      end: end + shift,
      ...(reasonMessage === undefined ? {} : { reasonMessage }),
    };
    response.status(204).end();
  });
  router.delete('/device/:id/maintenance', (request, response) => {
    parse(NoQuery, request.query, 'query parameter');
    context.fleet.change(pathDevice(context, request)).maintenance = undefined;
    response.status(204).end();
  });
}

function addPatchRoutes(router: Router, context: SimulatorContext): void {
  const { machines, clock } = context;
  const orders = {
    scan: (device: DeviceIdentity) => {
      machines.scan(device);
    },
    apply: (device: DeviceIdentity) => {
      machines.patchNight(device, { variant: 'never-rebooted', kbs: [], atUnixSeconds: clock.now() });
    },
  };
  for (const [path, order] of Object.entries(orders)) {
    router.post(`/device/:id/patch/os/${path}`, (request, response) => {
      parse(NoQuery, request.query, 'query parameter');
      const device = pathDevice(context, request);
      if (device.platform.os === undefined) throw new ApiError(400, 'not applicable to this device');
      order(device);
      response.status(204).end();
    });
  }
}

function toUnixSeconds(instant: string | number, unit: MaintenanceNumberUnit): number {
  if (typeof instant === 'string') return Date.parse(instant) / 1000;
  return unit === 'milliseconds' ? instant / 1000 : instant;
}

function runScript(
  { machines }: SimulatorContext,
  device: DeviceIdentity,
  run: ScriptRun,
  options: ActionOptions,
): string {
  const seriesUid = machines.newSeriesUid();
  const subject = String(run.id ?? run.uid);
  machines.report(device, 'scriptRequested', seriesUid, subject);
  machines.whenOnline(device, () => {
    machines.report(device, 'scriptStarted', seriesUid, subject);
    const failed = options.onScript(run) === 'FAILURE';
    machines.report(device, failed ? 'scriptFailed' : 'scriptCompleted', seriesUid, subject);
  });
  return seriesUid;
}

function scriptReply(form: ScriptReply, activityId: number, seriesUid: string): unknown {
  const replies = {
    empty: undefined,
    number: activityId,
    uuid: seriesUid,
    'activity-id': { activityId },
    id: { id: activityId },
    'job-uid': { jobUid: seriesUid },
  } satisfies Record<ScriptReply, unknown>;
  return replies[form];
}
