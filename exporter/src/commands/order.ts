import { setTimeout } from 'node:timers/promises';
import type { CliIo, OrderFields } from '../cli.ts';
import { forDevice } from './find-device.ts';
import { type Remote, RemoteError } from './remote.ts';

interface Order {
  readonly id: string;
  readonly device: string;
  readonly state: string;
  readonly text: string;
}

/** The exporter waits for the source, and reads the device anew, before it answers. */
const answerMs = 180_000;
const firstPauseMs = 2000;
const longestPauseMs = 15_000;

export interface OrderDeps {
  readonly io: Pick<CliIo, 'out' | 'err'>;
  /** Name of the order where `--id` gives none. */
  readonly newKey: () => string;
  readonly sleep: (ms: number) => Promise<unknown>;
}

export const systemOrderDeps = { newKey: () => crypto.randomUUID(), sleep: (ms: number) => setTimeout(ms) } as const;

/**
 * Orders something for a device, by its id. 0: taken (with `--wait`: done), 1: refused or failed, 2: could not be ordered,
 * 3: nobody knows, or not settled in the time to wait.
 */
export async function placeOrder(
  remote: Remote,
  { device, waitSeconds, id, ...body }: OrderFields,
  { io, newKey, sleep }: OrderDeps,
): Promise<0 | 1 | 2 | 3> {
  const key = id ?? newKey();
  try {
    // A name that only resembles this one must not restart another machine.
    const placed = await forDevice(remote, device, false, async (found) => {
      const path = `/devices/${encodeURIComponent(found)}/orders`;
      return (await remote.call('POST', path, body, {
        headers: { 'idempotency-key': key },
        timeoutMs: answerMs,
      })) as Order;
    });
    io.out(`${lineOf(placed)}\n`);
    const order = waitSeconds === undefined ? placed : await settled(remote, placed, waitSeconds, { io, sleep });
    return statusOf(order.state, waitSeconds !== undefined);
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    const said = error.status;
    const again = said === undefined ? `\nWhether it was placed is not known. To ask again safely: --id=${key}` : '';
    io.err(`patchhaven order: ${error.message}${again}\n`);
    return said === 409 || said === 422 ? 1 : 2;
  }
}

async function settled(
  remote: Remote,
  placed: Order,
  waitSeconds: number,
  { io, sleep }: Pick<OrderDeps, 'io' | 'sleep'>,
): Promise<Order> {
  const path = `/devices/${encodeURIComponent(placed.device)}/orders/${encodeURIComponent(placed.id)}`;
  let order = placed;
  let pauseMs = firstPauseMs;
  for (let leftMs = waitSeconds * 1000; leftMs > 0 && !isOver(order.state); leftMs -= pauseMs) {
    pauseMs = Math.min(longestPauseMs, pauseMs * 1.5, leftMs);
    await sleep(pauseMs);
    const next = (await remote.call('GET', path)) as Order;
    if (next.state !== order.state) io.out(`${lineOf(next)}\n`);
    order = next;
  }
  return order;
}

function lineOf({ id, state, text }: Order): string {
  return `${state}: ${text} (${id})`;
}

function isOver(state: string): boolean {
  return state === 'refused' || state === 'done' || state === 'failed';
}

function statusOf(state: string, waited: boolean): 0 | 1 | 3 {
  if (state === 'refused' || state === 'failed') return 1;
  if (state === 'done') return 0;
  return state === 'accepted' && !waited ? 0 : 3;
}
