import type { CliIo } from '../cli.ts';
import { type Remote, RemoteError } from './remote.ts';

interface Explanation {
  readonly summary: string;
  readonly evidence: readonly { readonly verdict: string; readonly text: string }[];
  readonly decision: { readonly action: string; readonly text: string };
  readonly rules: readonly { readonly alert: string; readonly state: string; readonly text: string }[];
}

interface Candidates {
  readonly items: readonly { readonly id: string; readonly name: string }[];
  readonly total: number;
}

const shownCandidates = 10;

/** Prints why a device is muted or not; `device` is its id, or a part of its name or instance that only it has. 0: printed, 2: could not find out. */
export async function explain(remote: Remote, device: string, io: Pick<CliIo, 'out' | 'err'>): Promise<0 | 2> {
  try {
    const { summary, evidence, decision, rules } = await read(remote, device);
    const lines = [
      summary,
      '',
      'Evidence',
      ...(evidence.length === 0 ? ['  none'] : evidence.map(({ verdict, text }) => `  ${verdict}: ${text}`)),
      'Decision',
      `  ${decision.action}: ${decision.text}`,
      'Rules',
      ...(rules.length === 0 ? ['  none'] : rules.map(({ alert, state, text }) => `  ${alert} ${state}: ${text}`)),
    ];
    io.out(`${lines.join('\n')}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    io.err(`patchhaven explain: ${error.message}\n`);
    return 2;
  }
}

async function read(remote: Remote, device: string): Promise<Explanation> {
  try {
    return await explanationOf(remote, device);
  } catch (error) {
    if (!(error instanceof RemoteError) || error.status !== 404) throw error;
    const query = new URLSearchParams({ text: device, limit: String(shownCandidates) });
    const { items, total } = (await remote.call('GET', `/devices?${query.toString()}`)) as Candidates;
    const [first] = items;
    if (first === undefined) throw error;
    if (total === 1) return explanationOf(remote, first.id);
    const names = items.map(({ id, name }) => `  ${id}  ${name}`).join('\n');
    throw new RemoteError(`${String(total)} devices fit "${device}"; name one by its id:\n${names}`);
  }
}

async function explanationOf(remote: Remote, id: string): Promise<Explanation> {
  return (await remote.call('GET', `/devices/${encodeURIComponent(id)}/explain`)) as Explanation;
}
