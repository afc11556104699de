import { z } from 'zod';
import type { SimulatorClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Schedule } from './schedule.ts';
import type { Activity } from './wire.ts';

export const EXPANDABLE = ['device', 'organization', 'location'] as const;
export type Expandable = (typeof EXPANDABLE)[number];

/** Body of `PUT /v2/webhook`. There is no secret: a static header is the only proof of origin the vendor offers. */
export const WebhookConfiguration = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  activities: z.record(z.string(), z.array(z.string()).min(1)),
  expand: z.array(z.enum(EXPANDABLE)).default([]),
  headers: z.array(z.strictObject({ name: z.string().min(1), value: z.string() })).default([]),
  organizationIds: z.array(z.int()).default([]),
});
export type WebhookConfiguration = z.infer<typeof WebhookConfiguration>;

export interface Delivery {
  readonly activityId: number;
  readonly statusCode: string;
  /** HTTP status of the receiver, or `failed` when it could not be reached. */
  readonly outcome: number | 'failed';
}

export interface Webhook {
  configure(configuration: WebhookConfiguration | undefined): void;
  /** Sends the activity if the configuration asks for it. Never retried: no retry schedule is known. */
  offer(activity: Activity): void;
  /** Resolves once everything under way has been answered. */
  settled(): Promise<void>;
  readonly configuration: WebhookConfiguration | undefined;
  /** Switched off after too many failures in a row; a new configuration switches it on again. */
  readonly disabled: boolean;
  readonly deliveries: readonly Delivery[];
}

export interface WebhookParts {
  readonly clock: SimulatorClock;
  readonly schedule: Schedule;
  readonly faults: Faults;
  readonly fetch: typeof fetch;
  readonly organizationIdOf: (activity: Activity) => number | undefined;
  readonly expand: (activity: Activity, what: readonly Expandable[]) => Record<string, unknown>;
}

const FAILURES_BEFORE_DISABLED = 10;
const TIMEOUT_MS = 5_000;

export function createWebhook(parts: WebhookParts): Webhook {
  const { clock, schedule, faults } = parts;
  const underWay = new Set<Promise<void>>();
  const deliveries: Delivery[] = [];
  let configuration: WebhookConfiguration | undefined;
  let failuresInARow = 0;

  const isDisabled = () => failuresInARow >= FAILURES_BEFORE_DISABLED;

  function wants(activity: Activity): boolean {
    if (configuration === undefined || isDisabled()) return false;
    const codes = configuration.activities[activity.activityType] ?? [];
    if (!codes.includes('*') && !codes.includes(activity.statusCode)) return false;
    const organizationId = parts.organizationIdOf(activity);
    const { organizationIds } = configuration;
    return organizationIds.length === 0 || (organizationId !== undefined && organizationIds.includes(organizationId));
  }

  async function post(activity: Activity, to: WebhookConfiguration): Promise<void> {
    const body = { ...activity, activityTime: Math.floor(activity.activityTime), ...parts.expand(activity, to.expand) };
    const outcome = await send(to.url, headersFor(to, activity.statusCode), body);
    failuresInARow = outcome === 'failed' || outcome >= 400 ? failuresInARow + 1 : 0;
    deliveries.push({ activityId: activity.id, statusCode: activity.statusCode, outcome });
  }

  function headersFor({ headers }: WebhookConfiguration, statusCode: string): Record<string, string> {
    const forged = faults.take('webhook-forged', statusCode) !== undefined;
    const sent = faults.take('webhook-unsigned', statusCode) ? [] : headers;
    return Object.fromEntries(sent.map(({ name, value }) => [name, forged ? `${value}-forged` : value]));
  }

  async function send(url: string, headers: Record<string, string>, body: unknown): Promise<number | 'failed'> {
    try {
      const answer = await parts.fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 'failed';
    }
  }

  function start(activity: Activity): void {
    if (configuration === undefined) return;
    const delivery = post(activity, configuration).finally(() => underWay.delete(delivery));
    underWay.add(delivery);
  }

  return {
    configure(next) {
      configuration = next;
      failuresInARow = 0;
    },
    offer(activity) {
      if (!wants(activity) || faults.take('webhook-lost', activity.statusCode)) return;
      const late = faults.take('webhook-late', activity.statusCode);
      if (late) {
        schedule.at(clock.now() + late.seconds, () => {
          start(activity);
        });
        return;
      }
      start(activity);
      if (faults.take('webhook-duplicated', activity.statusCode)) start(activity);
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    get configuration() {
      return configuration;
    },
    get disabled() {
      return isDisabled();
    },
    deliveries,
  };
}
