import type { ExporterClient } from '../../../shared/api/client';
import type { Device, DeviceDetail } from '../../../shared/api/types';

/** How a URL names a device: alerts know no id, only what Prometheus knows. */
export interface DeviceName {
  readonly id?: string;
  readonly organization?: string;
  readonly instance?: string;
}

export type FoundDevice =
  | { readonly status: 'found'; readonly device: DeviceDetail }
  /** Nothing is matched to this instance, in this organization. */
  | { readonly status: 'none' }
  /** Several organizations have such an instance. */
  | { readonly status: 'several'; readonly devices: readonly Device[] }
  /** The URL names no device. */
  | { readonly status: 'unnamed' };

const candidates = 1000;

/** Finds the one device of that name. Never takes one that merely looks like it. */
export async function findDevice(client: ExporterClient, name: DeviceName, signal?: AbortSignal): Promise<FoundDevice> {
  const read = async (id: string): Promise<FoundDevice> => ({
    status: 'found',
    device: await client.get('/devices/{id}', { path: { id }, signal }),
  });
  if (name.id !== undefined) {
    return read(name.id);
  }
  if (name.instance === undefined) {
    return { status: 'unnamed' };
  }
  const query = { organization: name.organization, text: name.instance, identity: 'matched', limit: candidates };
  const { items } = await client.getPages('/devices', { query, signal }, candidates);
  const devices = items.filter(({ identity }) => identity.status === 'matched' && identity.instance === name.instance);
  const [only, ...others] = devices;
  if (only === undefined) {
    return { status: 'none' };
  }
  return others.length === 0 ? read(only.id) : { status: 'several', devices };
}
