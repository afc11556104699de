import type { UnixSeconds } from '../../domain/time.ts';
import { isFresh, textfileWrittenAt, type HostContext } from './host-series.ts';

export interface RebootVoices {
  readonly bootAt: UnixSeconds | undefined;
  /** When our agent on the host spoke, where it can be believed. */
  readonly agentSaidAt: UnixSeconds | undefined;
  /** What kured says about the node this host is. */
  readonly kured: number | undefined;
}

interface Voice {
  readonly value: number | undefined;
  readonly saidAt: UnixSeconds;
}

/**
 * Whether the host waits for a reboot. A word older than the last boot was answered by it and counts no more, whatever
 * the file on disk goes on saying. Voices that contradict each other are no evidence. Undefined = nobody can tell.
 */
export function rebootPending(host: HostContext, { bootAt, agentSaidAt, kured }: RebootVoices): boolean | undefined {
  const { series, counters } = host;
  const voices: Voice[] = [];
  if (agentSaidAt !== undefined)
    voices.push({ value: series.value('patchhaven_host_reboot_required'), saidAt: agentSaidAt });
  if (series.all('node_reboot_required').length > 0) {
    const saidAt = textfileWrittenAt(host, /apt|yum|dnf|reboot|needrestart|needs/i);
    if (isFresh(saidAt, host)) voices.push({ value: series.value('node_reboot_required'), saidAt });
    else counters.dropped.add('textfile.stale');
  }
  if (kured !== undefined) voices.push({ value: kured, saidAt: host.at });
  const said = new Set<boolean>();
  for (const { value, saidAt } of voices) {
    if (value !== 0 && value !== 1) continue;
    if (bootAt !== undefined && bootAt >= saidAt) counters.dropped.add('reboot.before_boot');
    else said.add(value === 1);
  }
  const [only] = said;
  if (said.size > 1) counters.unknownWords.add('device.reboot_contradiction');
  return said.size === 1 ? only : undefined;
}
