import type { Request } from 'express';
import { ApiError } from '../api-error.ts';
import type { SimulatorContext } from '../context.ts';
import type { DeviceIdentity } from '../identity.ts';

/** The `{id}` of the path as an integer. */
export function pathId(request: Request): number {
  const raw = request.params['id'];
  if (typeof raw !== 'string' || !/^\d{1,10}$/.test(raw))
    throw new ApiError(400, 'path parameter "id" must be an integer');
  return Number(raw);
}

/** The device the path names; 404 when there is none. */
export function pathDevice({ fleet }: SimulatorContext, request: Request): DeviceIdentity {
  const id = pathId(request);
  const device = fleet.find(id);
  if (device === undefined) throw new ApiError(404, `no device ${String(id)}`);
  return device;
}
