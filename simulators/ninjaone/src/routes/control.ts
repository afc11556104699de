import type { Request, Router } from 'express';
import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import type { SimulatorContext } from '../context.ts';
import { Fault } from '../faults.ts';
import type { DeviceIdentity } from '../identity.ts';
import { organizationIdOf, organizationIndexOf } from '../organizations.ts';
import { parse } from '../params.ts';
import { VARIANTS } from '../scenario.ts';
import { pathDevice } from './request.ts';

const PatchNight = z
  .strictObject({
    deviceIds: z.array(z.int()).min(1).optional(),
    organizationId: z.int().optional(),
    variant: z.enum(VARIANTS).default('planned'),
    kbs: z.array(z.string().min(1)).default([]),
    /** RFC 3339; now when left out. */
    at: z.iso.datetime({ offset: true }).optional(),
  })
  .refine(({ deviceIds, organizationId }) => (deviceIds === undefined) !== (organizationId === undefined), {
    error: 'give either deviceIds or organizationId',
  });

const Service = z.strictObject({ name: z.string(), state: z.enum(['RUNNING', 'STOPPED']) });

export interface ControlParts {
  readonly pendingSteps: () => number;
  readonly warnings: readonly string[];
  readonly requests: ReadonlyMap<string, number>;
  readonly revokeTokens: () => void;
}

/** The simulator's own switches. They are no part of the vendor's API and answer to loopback callers only. */
export function addControlRoutes(router: Router, context: SimulatorContext, parts: ControlParts): void {
  addScenarioRoutes(router, context);

  router.post('/faults', (request, response) => {
    context.faults.add(parse(Fault, request.body, 'body'));
    response.status(204).end();
  });
  router.get('/faults', (_request, response) => {
    response.json(context.faults.armed);
  });
  router.delete('/faults', (_request, response) => {
    context.faults.clear();
    response.status(204).end();
  });
  router.post('/tokens/revoke', (_request, response) => {
    parts.revokeTokens();
    response.status(204).end();
  });
  router.get('/state', (_request, response) => {
    response.json(describe(context, parts));
  });
}

function addScenarioRoutes(router: Router, context: SimulatorContext): void {
  const { machines, clock } = context;

  router.post('/patch-night', (request, response) => {
    const { variant, kbs, at, ...whom } = parse(PatchNight, request.body, 'body');
    const devices =
      whom.deviceIds === undefined ? ofOrganization(context, whom.organizationId) : byId(context, whom.deviceIds);
    const atUnixSeconds = at === undefined ? clock.now() : Date.parse(at) / 1000;
    for (const device of devices) machines.patchNight(device, { variant, kbs, atUnixSeconds });
    response.json({ deviceIds: devices.map(({ id }) => id), atUnixSeconds });
  });

  const moves = {
    offline: machines.goOffline,
    online: machines.comeOnline,
    boot: machines.boot,
    remove: machines.remove,
  };
  for (const [path, move] of Object.entries(moves)) {
    router.post(`/device/:id/${path}`, (request, response) => {
      move(pathDevice(context, request));
      response.status(204).end();
    });
  }
  router.post('/device/:id/service', (request: Request, response) => {
    const { name, state } = parse(Service, request.body, 'body');
    if (!machines.setService(pathDevice(context, request), name, state))
      throw new ApiError(404, `no service "${name}"`);
    response.status(204).end();
  });
}

function byId({ fleet }: SimulatorContext, ids: readonly number[]): DeviceIdentity[] {
  return ids.map((id) => {
    const device = fleet.find(id);
    if (device === undefined) throw new ApiError(404, `no device ${String(id)}`);
    return device;
  });
}

/** Devices without an operating system take no part in a patch night. */
function ofOrganization({ fleet }: SimulatorContext, organizationId: number | undefined): DeviceIdentity[] {
  if (organizationId === undefined || !fleet.hasOrganization(organizationId))
    throw new ApiError(404, 'no such organization');
  const organizationIndex = organizationIndexOf(organizationId);
  const all = Array.from({ length: fleet.size }, (_, index) => fleet.identity(index));
  return all.filter(
    (device) =>
      device.organizationIndex === organizationIndex &&
      device.platform.os !== undefined &&
      !fleet.state(device).removed,
  );
}

function describe({ fleet, clock, webhook, faults, log }: SimulatorContext, parts: ControlParts) {
  return {
    nowUnixSeconds: clock.now(),
    devices: fleet.size,
    organizations: Array.from({ length: fleet.organizationCount }, (_, index) => organizationIdOf(index)).length,
    pendingSteps: parts.pendingSteps(),
    lastActivityId: log.lastId,
    changed: [...fleet.changed].map(([id, { offline, lastBoot, needsReboot, removed, queued }]) => ({
      id,
      offline,
      lastBootUnixSeconds: lastBoot,
      needsReboot,
      removed,
      queuedOrders: queued.length,
    })),
    faults: faults.armed,
    webhook: {
      url: webhook.configuration?.url ?? null,
      disabled: webhook.disabled,
      deliveries: webhook.deliveries.slice(-50),
    },
    warnings: parts.warnings,
    requests: Object.fromEntries(parts.requests),
  };
}
