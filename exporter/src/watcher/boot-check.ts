import type { DeviceState } from '../domain/device.ts';
import { ownerMatchers, type SeriesOwner } from '../domain/promql.ts';
import { toRfc3339, type UnixSeconds } from '../domain/time.ts';
import { bootCheck } from '../domain/verification.ts';
import type { CheckResult, SilenceWindow } from '../domain/window.ts';
import type { VectorSample } from './prometheus-client.ts';
import type { LeftOut } from './verification-step.ts';

/** The last three are windows_exporter, which has renamed it over its versions; all are Unix seconds. */
const bootTimeSeries =
  'node_boot_time_seconds|windows_system_boot_time_timestamp|windows_system_boot_time_timestamp_seconds|windows_system_system_up_time';

/** PromQL for the boot time of a device. */
export function bootTimeQuery(owner: SeriesOwner): string {
  return `{__name__=~"${bootTimeSeries}", ${ownerMatchers(owner)}}`;
}

/**
 * Did the reboot take place? Only where one was announced (a planned window may be about anything) and where somebody
 * knows the boot time; a machine that came back without having booted was down for another reason. That cannot heal:
 * once it has been told for as long as services get to settle, it no longer holds the page open.
 */
export function judgeBoot(
  window: SilenceWindow,
  device: DeviceState,
  samples: readonly VectorSample[],
  at: UnixSeconds,
): { readonly boot: CheckResult | LeftOut; readonly bootAt?: UnixSeconds } {
  const known = [...samples.map((sample) => sample.value), device.facts.lastBootAt ?? 0].filter((value) => value > 0);
  const notAsked = { leftOut: 'whether it booted' };
  if (known.length === 0) return { boot: notAsked };
  const bootAt = Math.max(...known);
  const { verification } = window;
  const settleSeconds = (verification?.settlesAt ?? 0) - (verification?.startedAt ?? 0);
  const isToldLongAgo = verification?.endedAt !== undefined && at - verification.endedAt > settleSeconds;
  const isAnnounced = window.evidence.some((piece) => piece.kind !== 'planned_window');
  if (!isAnnounced || isToldLongAgo) return { boot: notAsked, bootAt };
  const booted = bootAt > window.triggeredAt;
  const detail = booted ? `booted at ${toRfc3339(bootAt)}` : `has not booted since ${toRfc3339(window.triggeredAt)}`;
  // What the source last read may be from before the boot.
  const otherwise = samples.length === 0 ? 'no_data' : 'failed';
  return { boot: { check: bootCheck, result: booted ? 'passed' : otherwise, detail, at }, bootAt };
}
