import type { PatchEvent, PatchWindow } from '../../shared/api/types';
import type { LaneRef, TimelineEvent, TimelineWindow } from '../types';
import { isWindowKind, kindFromWord, kindLabels } from './kinds';
import { linksInText } from './text-links';

/** How the caller names a device by its id, e.g. by instance. */
export type RefOfDevice = (event: { readonly device: string; readonly organization: string }) => LaneRef;

const byId: RefOfDevice = ({ device, organization }) => ({ device, organization });

/** Events of the exporter's API as markers and planned windows. What only keeps the books is left out. */
export function timelineFromEvents(
  events: readonly PatchEvent[],
  refOf: RefOfDevice = byId,
): { readonly events: readonly TimelineEvent[]; readonly windows: readonly TimelineWindow[] } {
  const markers: TimelineEvent[] = [];
  const windows: TimelineWindow[] = [];
  for (const event of events) {
    const { type } = event;
    if (type === 'device.observed' || type === 'device.removed' || type === 'maintenance.ended') {
      continue;
    }
    const kind = kindFromWord(type);
    const data = event.data as EventData;
    if (isWindowKind(kind)) {
      windows.push({
        id: event.id,
        kind,
        ref: refOf(event),
        fromMs: Date.parse(data.start ?? event.occurredAt),
        toMs: data.end === undefined ? null : Date.parse(data.end),
        title: data.reason ?? kindLabels[kind],
      });
      continue;
    }
    const patches = (data.patches ?? []).map((patch) => `${patch.id} ${patch.title ?? ''}`.trim());
    const detail = [data.reason, ...patches].filter(Boolean).join('\n');
    markers.push({
      id: event.id,
      kind,
      ref: refOf(event),
      atMs: Date.parse(event.occurredAt),
      title: kindLabels[kind],
      ...(detail ? { detail, links: linksInText(detail) } : {}),
    });
  }
  return { events: markers, windows };
}

/** Of `data`, what is shown; which of it an event carries depends on its type. */
interface EventData {
  readonly start?: string;
  readonly end?: string;
  readonly reason?: string;
  readonly patches?: ReadonlyArray<{ readonly id: string; readonly title?: string | null }>;
}

/** Windows of the exporter's API, and the verdict of the checks after each. */
export function timelineFromWindows(windows: readonly PatchWindow[]): {
  readonly events: readonly TimelineEvent[];
  readonly windows: readonly TimelineWindow[];
} {
  const verdicts: TimelineEvent[] = [];
  const regions = windows.map((window): TimelineWindow => {
    const ref: LaneRef = { organization: window.organization, instance: window.instance, device: window.device };
    const { verification } = window;
    if (verification?.endedAt && (verification.verdict === 'passed' || verification.verdict === 'failed')) {
      const failed = verification.checks.filter((check) => check.result !== 'passed');
      verdicts.push({
        id: `${window.id}/verification`,
        kind: `verification-${verification.verdict}`,
        ref,
        atMs: Date.parse(verification.endedAt),
        title: kindLabels[`verification-${verification.verdict}`],
        detail: (failed.length > 0 ? failed : verification.checks).map((c) => `${c.check}: ${c.detail}`).join('\n'),
      });
    }
    return {
      id: window.id,
      kind: window.kind,
      ref,
      fromMs: Date.parse(window.openedAt),
      toMs: window.closedAt === null ? null : Date.parse(window.closedAt),
      endsMs: Date.parse(window.endsAt),
      title: window.cause,
      ...(window.outcome === null ? {} : { outcome: window.outcome }),
      links: linksInText(window.patches.map((patch) => patch.id).join(' ')),
    };
  });
  return { events: verdicts, windows: regions };
}
