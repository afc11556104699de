import type { CliIo, EventFields } from '../cli.ts';
import { type Clock, toRfc3339 } from '../domain/time.ts';
import { type Remote, RemoteError } from './remote.ts';

interface Report {
  readonly results: readonly { readonly result: string; readonly detail?: string; readonly field?: string | null }[];
}

/** `/events/0/organization` of the answer is `organization` of the one event that was sent. */
function reasonOf({ field, detail = 'without a reason' }: Partial<Report['results'][number]> = {}): string {
  const name = (field ?? '').replace(/^\/events\/0\/?/, '');
  return name === '' ? detail : `${name}: ${detail}`;
}

/** Posts one event. 0: stored or known already, 1: rejected, 2: could not be posted. */
export async function postEvent(
  remote: Remote,
  fields: EventFields,
  clock: Clock,
  io: Pick<CliIo, 'out' | 'err'>,
): Promise<0 | 1 | 2> {
  const { type, at, patches, ...names } = fields;
  const event = {
    ...names,
    type,
    occurredAt: at ?? toRfc3339(clock.now()),
    ...(patches.length > 0 && { data: { patches: patches.map((id) => ({ id })) } }),
  };
  try {
    const { results } = (await remote.call('POST', '/events', { events: [event] })) as Report;
    const [result] = results;
    if (result !== undefined && result.result !== 'rejected') {
      io.out(`${result.result}\n`);
      return 0;
    }
    io.err(`patchhaven event: rejected: ${reasonOf(result)}\n`);
    return 1;
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    io.err(`patchhaven event: ${error.message}\n`);
    return 2;
  }
}
