import { ConnectorError } from '../domain/errors.ts';
import type { OrderOutcome } from '../domain/order.ts';

/**
 * Runs the one request that gives an order. An answer that says no means that nothing was done; where no answer came, or
 * one that anybody on the way may have written, it may have been.
 */
export async function giveOrder<T>(
  send: () => Promise<T>,
  taken: (reply: T) => OrderOutcome | Promise<OrderOutcome>,
): Promise<OrderOutcome> {
  let reply: T;
  try {
    reply = await send();
  } catch (error) {
    return outcomeOf(error);
  }
  return await taken(reply);
}

export function refused(text: string): OrderOutcome {
  return { state: 'refused', text };
}

export function accepted(text: string, ref?: string): OrderOutcome {
  return { state: 'accepted', text, ...(ref === undefined ? {} : { ref }) };
}

function outcomeOf(error: unknown): OrderOutcome {
  if (!(error instanceof ConnectorError)) throw error;
  const status = error.status ?? 0;
  const isNo = status >= 300 && status < 500 && status !== 408;
  if (error.unsent || isNo) return refused(`${refusalText(error)}: nothing was done`);
  return { state: 'unknown', text: `${error.message}: it may have been carried out, and is not sent again` };
}

function refusalText({ kind, status, message, unsent }: ConnectorError): string {
  if (kind === 'auth') return 'the vendor refused the credentials of this source';
  if (kind === 'forbidden') return 'the credentials of this source may not give orders (403)';
  if (kind === 'rate_limited') return 'the vendor asks for a pause (429)';
  if (unsent) return message;
  if (status === 404) return 'the vendor does not know this device, or this kind of order (404)';
  return `the vendor refused it (${String(status)})`;
}

/** What fails before the order itself is sent has done nothing. */
export function asUnsent(error: unknown): never {
  if (!(error instanceof ConnectorError)) throw error;
  const { kind, message, status, path } = error;
  throw new ConnectorError(kind, message, { cause: error.cause, status, path, unsent: true });
}
