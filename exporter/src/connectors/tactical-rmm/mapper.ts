import type { DeviceFacts, OsFacts } from '../../domain/device.ts';
import type { DevicePatch } from '../../domain/patch.ts';
import type { ReadCounters } from '../tally.ts';
import { namesOf, splitWords, textOf, usableAddresses } from '../text.ts';
import { translate } from '../translate.ts';
import { fromEpoch, fromZoned } from '../vendor-time.ts';
import { CustomField, type Agent } from './api-schema.ts';
import type { RebootFlag } from './reboot-flag.ts';

const platformWords: Readonly<Record<string, OsFacts['family']>> = {
  WINDOWS: 'windows',
  LINUX: 'linux',
  DARWIN: 'macos',
};

export interface AgentContext {
  readonly organization: string;
  /** Undefined: not read, or the vendor keeps none for this platform. */
  readonly updates: readonly DevicePatch[] | undefined;
  readonly rebootFlag: RebootFlag;
  readonly tagsCustomField: number | undefined;
  readonly counters: ReadCounters;
}

/** One row of the agent table and its updates → facts. */
export function mapAgent(agent: Agent, context: AgentContext): DeviceFacts {
  const { organization, updates, rebootFlag, tagsCustomField, counters } = context;
  const hostName = textOf(agent.hostname);
  const site = textOf(agent.site_name);
  const os = mapOs(agent, counters);
  const lastSeenAt = fromZoned(agent.last_seen);
  const lastBootAt = fromEpoch(agent.boot_time);
  const installs = [...(updates ?? []).map(installOf), fromZoned(agent.patches_last_installed)];
  const lastInstallAt = installs.reduce((a, b) => (a === undefined || (b ?? 0) > a ? b : a), undefined);
  const facts = { agentId: agent.agent_id, needsReboot: agent.needs_reboot, lastBootAt, lastInstallAt };
  const rebootPending = rebootFlag.judge(facts, counters.dropped);
  const role = textOf(agent.monitoring_type);
  return {
    vendorId: agent.agent_id,
    organization,
    ...(site === undefined ? {} : { site }),
    groups: role === undefined ? [] : [role],
    tags: tagsOf(agent, tagsCustomField),
    displayName: hostName ?? `agent ${agent.agent_id.slice(0, 8)}`,
    hostNames: namesOf(hostName, undefined),
    ipAddresses: usableAddresses(splitWords(agent.local_ips, /,/)),
    ...(os === undefined ? {} : { os }),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
    ...(lastBootAt === undefined ? {} : { lastBootAt }),
    ...(rebootPending === undefined ? {} : { rebootPending }),
    ...(updates === undefined ? {} : { patches: updates }),
  };
}

function installOf({ status, installedAt }: DevicePatch): number | undefined {
  return status === 'installed' ? installedAt : undefined;
}

/** `Windows Server 2022 Standard, 64 bit v21H2 (build 20348.2582)`. */
function mapOs({ operating_system, plat }: Agent, { unknownWords }: ReadCounters): OsFacts | undefined {
  const text = textOf(operating_system);
  const family = translate(platformWords, plat, 'device.platform', unknownWords) ?? 'other';
  if (text === undefined) return undefined;
  const build = /\(build ([\d.]+)\)/i.exec(text)?.[1];
  const name = text.replace(/,\s*\d+ bit\b.*$/i, '').trim();
  return { name: name === '' ? text : name, family, ...(build === undefined ? {} : { build }) };
}

function tagsOf({ custom_fields }: Agent, wanted: number | undefined): readonly string[] {
  if (wanted === undefined) return [];
  for (const raw of custom_fields ?? []) {
    const { data } = CustomField.safeParse(raw);
    if (data?.field !== wanted) continue;
    const parts = Array.isArray(data.value) ? (data.value as readonly unknown[]) : [data.value];
    return splitWords(parts.filter((part) => typeof part === 'string').join(), /,/);
  }
  return [];
}
