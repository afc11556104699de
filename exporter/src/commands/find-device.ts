import { type Remote, RemoteError } from './remote.ts';

interface Candidates {
  readonly items: readonly { readonly id: string; readonly name: string }[];
  readonly total: number;
}

const shownCandidates = 10;

/**
 * Runs what is asked of a device by its id. Where there is none of this id, by a part of a name or instance that only one
 * device has, if `mayGuess`; otherwise the devices that fit are told.
 */
export async function forDevice<T>(
  remote: Remote,
  device: string,
  mayGuess: boolean,
  run: (id: string) => Promise<T>,
): Promise<T> {
  try {
    return await run(device);
  } catch (error) {
    if (!(error instanceof RemoteError) || error.status !== 404) throw error;
    const query = new URLSearchParams({ text: device, limit: String(shownCandidates) });
    const { items, total } = (await remote.call('GET', `/devices?${query.toString()}`)) as Candidates;
    const [first] = items;
    if (first === undefined) throw error;
    if (total === 1 && mayGuess) return await run(first.id);
    const names = items.map(({ id, name }) => `  ${id}  ${name}`).join('\n');
    const fit = total === 1 ? '1 device fits' : `${String(total)} devices fit`;
    throw new RemoteError(`${fit} "${device}"; name ${total === 1 ? 'it' : 'one'} by its id:\n${names}`, {
      status: 404,
    });
  }
}
