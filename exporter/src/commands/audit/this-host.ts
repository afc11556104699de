import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { agentPatches } from '../../connectors/prometheus/agent-facts.ts';
import { HostSeries, type HostContext } from '../../connectors/prometheus/host-series.ts';
import { createReadCounters } from '../../connectors/tally.ts';
import { openStatuses } from '../../domain/patch.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import { AuditInputError } from './kev.ts';
import type { AuditedDevice } from '../../domain/audit.ts';

/** What the agent wrote longer ago than this says nothing about now. */
const maxAgeSeconds = 3600;
const maxMetadataAgeSeconds = 7 * 86_400;
const agentTimeoutMs = 600_000;

const installed =
  process.platform === 'win32'
    ? [`${process.env['ProgramFiles'] ?? 'C:\\Program Files'}\\Patchhaven\\patchhaven-host.ps1`]
    : ['/usr/local/sbin/patchhaven-host.sh'];
const beside = fileURLToPath(new URL('../../../../agents/patchhaven-host.sh', import.meta.url));

/** Runs the agent of this machine. `agent`: where it is; undefined = where it is installed. Throws AuditInputError. */
export async function runAgent(agent: string | undefined): Promise<string> {
  const script = agent ?? [...installed, beside].find((path) => existsSync(path));
  if (script === undefined)
    throw new AuditInputError(`there is no agent at ${installed.join(', ')}: name it by --agent`);
  const [program, ...args] = script.endsWith('.ps1')
    ? ['powershell', '-NoProfile', '-File', script, '-Output', '-']
    : ['bash', script, '--output', '-'];
  try {
    const { stdout } = await promisify(execFile)(program ?? '', args, { timeout: agentTimeoutMs, maxBuffer: 64 << 20 });
    return stdout;
  } catch (cause) {
    throw new AuditInputError(`${script} could not say anything about this machine`, { cause });
  }
}

export function readTextfile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AuditInputError(`${path} cannot be read`, { cause });
  }
}

/** What the agent says → one device. Throws AuditInputError for a text that is none of the agent's, or an old one. */
export function hostFromText(text: string, now: UnixSeconds): AuditedDevice {
  const series = parseSeries(text, now);
  const generatedAt = series.time('patchhaven_host_generated_timestamp_seconds');
  if (generatedAt === undefined) throw new AuditInputError('this is not what the agent of a machine writes');
  if (now - generatedAt > maxAgeSeconds) throw new AuditInputError('what the agent wrote is more than an hour old');
  const host: HostContext = {
    series,
    at: now,
    maxFactAgeSeconds: maxAgeSeconds,
    maxMetadataAgeSeconds,
    counters: createReadCounters(),
  };
  const name = series.label('patchhaven_host_info', 'host') ?? hostname();
  const required = series.value('patchhaven_host_reboot_required');
  return {
    id: name,
    organization: '-',
    site: undefined,
    groups: [],
    name,
    // Nobody here remembers since when an update is missing: no age, no SLA.
    open: agentPatches(host)
      .filter(({ status }) => openStatuses.has(status))
      .map((patch) => ({ ...patch, firstSeenAt: undefined })),
    rebootPending: required === undefined ? undefined : required === 1,
    rebootPendingSince: undefined,
    doubts: required === undefined ? ['nothing on this machine can tell whether it needs a restart'] : [],
  };
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Series of the text format 0.0.4, as the agents write it. */
export function parseSeries(text: string, at: UnixSeconds): HostSeries {
  const series = new HostSeries();
  for (const row of text.split('\n')) {
    const [, name, labels = '', number] = line.exec(row.trim()) ?? [];
    const value = Number(number);
    if (name === undefined || !Number.isFinite(value)) continue;
    const pairs = [...labels.matchAll(label)].map(([, key = '', quoted = '']) => [key, unescape(quoted)] as const);
    series.add({ labels: { ...Object.fromEntries(pairs), __name__: name }, at, value });
  }
  return series;
}

function unescape(quoted: string): string {
  return quoted.replace(/\\(.)/g, (_all, letter: string) => (letter === 'n' ? '\n' : letter));
}
