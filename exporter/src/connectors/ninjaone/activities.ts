import type { EventBody } from '../../domain/event.ts';
import { normalizeKb, type PatchRef } from '../../domain/patch.ts';
import type { SourceEvent } from '../../domain/snapshot.ts';
import type { ReadCounters } from '../tally.ts';
import { fromEpoch } from '../vendor-time.ts';
import { translate } from '../translate.ts';
import type { Activity } from './api-schema.ts';
import { activityResultWords } from './vocabulary.ts';

type Kind =
  | 'patch.install.started'
  | 'patch.installed'
  | 'patch.install.failed'
  | 'patch.install.completed'
  | 'reboot.ordered'
  | 'reboot.started'
  | 'reboot.completed';

const patchCodes: Readonly<Record<string, Kind | 'ignored'>> = {
  PATCH_MANAGEMENT_APPLY_PATCH_STARTED: 'patch.install.started',
  PATCH_MANAGEMENT_APPLY_PATCH_COMPLETED: 'patch.install.completed',
  PATCH_MANAGEMENT_INSTALLED: 'patch.installed',
  PATCH_MANAGEMENT_INSTALL_FAILED: 'patch.install.failed',
  PATCH_MANAGEMENT_FAILURE: 'patch.install.failed',
  PATCH_MANAGEMENT_MESSAGE: 'ignored',
  PATCH_MANAGEMENT_SCAN_STARTED: 'ignored',
  PATCH_MANAGEMENT_SCAN_COMPLETED: 'ignored',
  PATCH_MANAGEMENT_PATCH_APPROVED: 'ignored',
  PATCH_MANAGEMENT_PATCH_REJECTED: 'ignored',
  PATCH_MANAGEMENT_ROLLBACK_PATCH_REQUESTED: 'ignored',
  PATCH_MANAGEMENT_ROLLBACK_PATCH_STARTED: 'ignored',
  PATCH_MANAGEMENT_ROLLBACK_PATCH_COMPLETED: 'ignored',
};

/** Kinds that may explain an outage: they count only when the vendor does not say that the act failed. */
const evidenceKinds: ReadonlySet<Kind> = new Set([
  'patch.install.started',
  'patch.installed',
  'reboot.ordered',
  'reboot.started',
]);

/**
 * One activity to at most one event. Undefined for the hundreds of codes that say nothing about patches or reboots, and
 * for those that had to be dropped (counted). Pure.
 * `rebootActions`: lower-case names that mark an action as a reboot, because the vendor has no code for one.
 */
export function mapActivity(
  activity: Activity,
  rebootActions: ReadonlySet<string>,
  counters: ReadCounters,
): SourceEvent | undefined {
  const kind = kindOf(activity, rebootActions, counters);
  if (kind === undefined) return undefined;
  const occurredAt = fromEpoch(activity.activityTime);
  if (typeof activity.deviceId !== 'number') return drop('activity.no_device', counters);
  if (occurredAt === undefined) return drop('activity.no_time', counters);
  const settled = evidenceKinds.has(kind) ? withResult(kind, activity, counters) : kind;
  if (settled === undefined) return undefined;
  return {
    dedupKey: `activity:${String(activity.id)}`,
    vendorDeviceId: String(activity.deviceId),
    occurredAt,
    ...body(settled, activity),
  };
}

function kindOf(activity: Activity, rebootActions: ReadonlySet<string>, counters: ReadCounters): Kind | undefined {
  const type = activity.activityType?.toUpperCase() ?? '';
  const code = activity.statusCode?.toUpperCase() ?? '';
  if (type === 'PATCH_MANAGEMENT') {
    const kind = translate(patchCodes, code, 'activity.patch_code', counters.unknownWords);
    return kind === 'ignored' ? undefined : kind;
  }
  if (code === 'SYSTEM_REBOOTED') return 'reboot.completed';
  if (type !== 'ACTION' && type !== 'SCHEDULED_TASK') return undefined;
  if (code !== 'START_REQUESTED' && code !== 'STARTED') return undefined;
  const named = [activity.sourceName, activity.subject].some((name) =>
    rebootActions.has(name?.trim().toLowerCase() ?? ''),
  );
  if (!named) return undefined;
  return code === 'STARTED' ? 'reboot.started' : 'reboot.ordered';
}

/** An act that did not happen explains nothing; neither does one whose result we cannot read. */
function withResult(kind: Kind, activity: Activity, counters: ReadCounters): Kind | undefined {
  const word = activity.activityResult?.trim() ?? '';
  const result = translate(activityResultWords, word, 'activity.result', counters.unknownWords);
  if (word === '' || result === 'done') return kind;
  if (kind === 'patch.installed') return 'patch.install.failed';
  return drop('activity.not_done', counters);
}

type ActivityBody = Exclude<EventBody, { type: 'device.observed' | 'device.removed' }>;

function body(kind: Kind, activity: Activity): ActivityBody {
  const patches = patchesOf(activity, kind);
  switch (kind) {
    case 'patch.install.started':
      return { type: 'patch.install.started', data: { patches } };
    case 'patch.installed':
      return { type: 'patch.installed', data: { patches } };
    case 'patch.install.completed':
      return { type: 'patch.install.completed', data: { patches } };
    case 'patch.install.failed': {
      const code = /\b0x[0-9a-f]{8}\b/i.exec(activity.message ?? '')?.[0];
      return { type: 'patch.install.failed', data: { patches, ...(code === undefined ? {} : { code }) } };
    }
    case 'reboot.ordered':
      return { type: 'reboot.ordered', data: reasonOf(activity) };
    case 'reboot.started':
      return { type: 'reboot.started', data: reasonOf(activity) };
    case 'reboot.completed':
      return { type: 'reboot.completed', data: {} };
  }
}

function reasonOf({ sourceName, subject }: Activity): { readonly reason?: string } {
  const reason = [sourceName, subject].find((text) => (text ?? '') !== '');
  return typeof reason === 'string' ? { reason } : {};
}

/** Updates an activity names: KB numbers in subject or message, else (for one patch) the subject itself. */
function patchesOf(activity: Activity, kind: Kind): readonly PatchRef[] {
  const subject = activity.subject?.trim() ?? '';
  const text = `${subject} ${activity.message ?? ''}`;
  const bare = normalizeKb(subject);
  const found = [...text.matchAll(/\bKB ?(\d{5,8})\b/gi)].map((match) => `KB${match[1] ?? ''}`);
  const ids = [...new Set([...(bare === undefined ? [] : [bare]), ...found])];
  if (ids.length > 0) return ids.map((id) => ({ id, title: subject === '' || bare === id ? id : subject }));
  const aboutOnePatch = kind === 'patch.installed' || kind === 'patch.install.failed';
  return aboutOnePatch && subject !== '' ? [{ id: subject, title: subject }] : [];
}

function drop(reason: string, counters: ReadCounters): undefined {
  counters.dropped.add(reason);
  return undefined;
}
