import type { CliIo } from '../cli.ts';
import { forDevice } from './find-device.ts';
import { type Remote, RemoteError } from './remote.ts';

interface Explanation {
  readonly summary: string;
  readonly evidence: readonly { readonly verdict: string; readonly text: string }[];
  readonly decision: { readonly action: string; readonly text: string };
  readonly rules: readonly { readonly alert: string; readonly state: string; readonly text: string }[];
}

/** Prints why a device is muted or not; `device` is its id, or a part of its name or instance that only it has. 0: printed, 2: could not find out. */
export async function explain(remote: Remote, device: string, io: Pick<CliIo, 'out' | 'err'>): Promise<0 | 2> {
  try {
    const { summary, evidence, decision, rules } = await forDevice(remote, device, true, (id) =>
      explanationOf(remote, id),
    );
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

async function explanationOf(remote: Remote, id: string): Promise<Explanation> {
  return (await remote.call('GET', `/devices/${encodeURIComponent(id)}/explain`)) as Explanation;
}
