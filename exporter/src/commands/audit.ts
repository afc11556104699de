import type { AuditOptions, CliIo } from '../cli.ts';
import { toRfc3339, type Clock } from '../domain/time.ts';
import { readFleet } from './audit/fleet.ts';
import { AuditInputError, readKev } from './audit/kev.ts';
import { type AuditedDevice, byTrouble, judge, sumBy } from '../domain/audit.ts';
import { renderers } from './audit/render.ts';
import { hostFromText, readTextfile, runAgent } from './audit/this-host.ts';
import { type Remote, RemoteError } from './remote.ts';

/** 0: clean. 1: findings. 3: could not tell, which includes devices that nobody knows about: unknown is never clean. */
export type AuditStatus = 0 | 1 | 3;

export interface AuditDeps {
  readonly remote: Remote;
  readonly clock: Clock;
  readonly sleep: (ms: number) => Promise<void>;
  readonly io: Pick<CliIo, 'out' | 'err'>;
}

/** What is missing, failed, behind its SLA or waiting for a restart: in the fleet, or on this host by its agent. */
export async function audit(options: AuditOptions, { remote, clock, sleep, io }: AuditDeps): Promise<AuditStatus> {
  try {
    const kev = options.kevFile === undefined ? undefined : readKev(options.kevFile, options.kevMapFile);
    const devices = options.thisHost
      ? [await lookAtThisHost(options, clock)]
      : await readFleet(remote, options.organization, sleep);
    const now = clock.now();
    const all = devices.map((device) => judge(device, options.sla, kev?.exploited, options.findings, now));
    const rows = all.filter(({ troubles }) => troubles.length > 0).sort(byTrouble);
    const open = new Map(devices.flatMap(({ open: patches = [] }) => patches.map((patch) => [patch.id, patch])));
    const unmatched = kev && {
      updates: [...open.values()].filter((patch) => kev.isUnmatched(patch)).length,
      of: open.size,
    };
    const groups = options.by === undefined ? undefined : sumBy(all, options.by);
    const sla = Object.fromEntries(options.sla);
    io.out(renderers[options.format]({ at: toRfc3339(now), sla, all, rows, groups, unmatched }));
    if (rows.some(({ troubles }) => troubles.some((trouble) => trouble !== 'unknown'))) return 1;
    return rows.length > 0 || all.length === 0 ? 3 : 0;
  } catch (error) {
    if (!(error instanceof RemoteError) && !(error instanceof AuditInputError)) throw error;
    io.err(`patchhaven audit: ${error.message}\n`);
    return 3;
  }
}

async function lookAtThisHost({ textfile, agent }: AuditOptions, clock: Clock): Promise<AuditedDevice> {
  const text = textfile === undefined ? await runAgent(agent) : readTextfile(textfile);
  return hostFromText(text, clock.now());
}
