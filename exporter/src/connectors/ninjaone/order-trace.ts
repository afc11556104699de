import type { Order, OrderOutcome } from '../../domain/order.ts';
import { accepted } from '../order-outcome.ts';
import { fromEpoch } from '../vendor-time.ts';
import type { Activity } from './api-schema.ts';
import { activityResultWords } from './vocabulary.ts';

/** Activities may be dated a little before the moment we noted: two clocks. */
const skewSeconds = 30;
const beganCodes: ReadonlySet<string> = new Set(['START_REQUESTED', 'STARTED', 'IN_PROCESS']);
const endedBadly: ReadonlySet<string> = new Set(['CANCELLED', 'BLOCKED']);

/**
 * The reply to `script/run` is in no description; clients have met nothing, a number, a uuid, and objects with one of
 * these. A number is an activity's, a uuid its series'. Anything else is no handle.
 */
export function handleOf(reply: unknown): string | undefined {
  if (typeof reply === 'number' && Number.isSafeInteger(reply)) return `activity:${String(reply)}`;
  if (typeof reply === 'string') return /^[\da-f-]{36}$/i.test(reply) ? `series:${reply.toLowerCase()}` : undefined;
  if (typeof reply !== 'object' || reply === null) return undefined;
  const { activityId, jobUid, id, uid } = reply as Readonly<Record<string, unknown>>;
  return [activityId, jobUid, id, uid]
    .filter((value) => typeof value !== 'object')
    .map(handleOf)
    .find((handle) => handle !== undefined);
}

/** The newest word on the reboot since it was ordered. Undefined: none. */
export function outcomeOfReboot(
  order: Order,
  activities: readonly Activity[],
  rebootActions: ReadonlySet<string>,
): OrderOutcome | undefined {
  const since = sinceOrder(order, activities);
  if (since.some(({ statusCode }) => codeOf(statusCode) === 'SYSTEM_REBOOTED'))
    return { state: 'done', text: 'NinjaOne reports that the device rebooted' };
  return verdict(
    order,
    since.filter((activity) => isReboot(activity, rebootActions)),
    // "Completed" says that the order was passed on; that the machine rebooted is another activity.
    'the reboot',
    false,
  );
}

/** The series of this very run, where it can be told from others; several that could be it are none. */
export function outcomeOfScript(
  order: Order,
  activities: readonly Activity[],
  rebootActions: ReadonlySet<string>,
): OrderOutcome | undefined {
  const runs = sinceOrder(order, activities).filter(
    (activity) =>
      ['SCRIPTING', 'ACTION'].includes(activity.activityType?.toUpperCase() ?? '') &&
      !isReboot(activity, rebootActions),
  );
  const series = seriesOf(order, runs);
  return series === undefined
    ? undefined
    : verdict(
        order,
        runs.filter(({ seriesUid }) => seriesUid?.toLowerCase() === series),
        'the script',
        true,
      );
}

function seriesOf({ ref }: Order, runs: readonly Activity[]): string | undefined {
  if (ref?.startsWith('series:')) return ref.slice('series:'.length);
  const named = ref?.startsWith('activity:') ? runs.filter(({ id }) => `activity:${String(id)}` === ref) : [];
  const candidates = new Set((named.length > 0 ? named : runs).map(({ seriesUid }) => seriesUid?.toLowerCase() ?? ''));
  const [only] = candidates;
  return candidates.size === 1 && only !== '' ? only : undefined;
}

function verdict(
  { state }: Order,
  activities: readonly Activity[],
  what: string,
  completedIsDone: boolean,
): OrderOutcome | undefined {
  for (const { statusCode, activityResult } of activities) {
    const code = codeOf(statusCode);
    const result = activityResultWords[activityResult?.trim().toUpperCase() ?? ''];
    if (result === 'not_done' || endedBadly.has(code))
      return { state: 'failed', text: `NinjaOne reports that ${what} failed (${activityResult ?? code})` };
    if (code === 'COMPLETED' && completedIsDone && result === 'done')
      return { state: 'done', text: `NinjaOne reports that ${what} succeeded` };
  }
  const began = activities.some(({ statusCode }) => {
    const code = codeOf(statusCode);
    return beganCodes.has(code) || code === 'COMPLETED';
  });
  return began && state === 'unknown' ? accepted(`NinjaOne reports ${what}`) : undefined;
}

function sinceOrder({ placedAt }: Order, activities: readonly Activity[]): readonly Activity[] {
  return activities.filter(({ activityTime }) => (fromEpoch(activityTime) ?? 0) >= placedAt - skewSeconds);
}

function isReboot({ sourceName, subject }: Activity, rebootActions: ReadonlySet<string>): boolean {
  return [sourceName, subject].some((name) => rebootActions.has(name?.trim().toLowerCase() ?? ''));
}

function codeOf(code: string | null | undefined): string {
  return code?.trim().toUpperCase() ?? '';
}
