import { z } from 'zod';

/** Answers that are wrong before the handler runs; the target is the path without its prefix. */
export const REQUEST_FAULTS = ['unauthorized', 'forbidden', 'rate-limited', 'server-error', 'hang', 'html'] as const;
/** Answers whose JSON is spoiled after the handler ran. */
export const BODY_FAULTS = [
  'truncated-json',
  'connection-cut',
  'null-body',
  'null-names',
  'null-lists',
  'unknown-enums',
  'milliseconds',
  'clock-skew',
  'bare-cursor',
] as const;
/** Lists that hold the wrong rows. */
export const PAGE_FAULTS = ['empty-fleet', 'half-fleet', 'paging-loop', 'duplicate-rows', 'inclusive-after'] as const;
/** Activities that go wrong; the target is the status code. */
export const ACTIVITY_FAULTS = [
  'activity-lost',
  'activity-late',
  'activity-hidden',
  'activity-duplicated',
  'activity-out-of-order',
] as const;
/** Orders that the vendor takes and makes something else of; the target is the path. */
export const ORDER_FAULTS = ['maintenance-shifted'] as const;
/** Webhook deliveries that go wrong; the target is the status code. */
export const WEBHOOK_FAULTS = [
  'webhook-lost',
  'webhook-late',
  'webhook-duplicated',
  'webhook-unsigned',
  'webhook-forged',
] as const;

export const Fault = z.strictObject({
  kind: z.enum([
    ...REQUEST_FAULTS,
    ...BODY_FAULTS,
    ...PAGE_FAULTS,
    ...ACTIVITY_FAULTS,
    ...ORDER_FAULTS,
    ...WEBHOOK_FAULTS,
  ]),
  /** `*` stands for any run of characters. The token endpoint is hit only when its path is written out. */
  target: z.string().default('*'),
  times: z.union([z.int().positive(), z.literal('forever')]).default(1),
  /** Of `server-error`. */
  status: z.int().min(500).max(599).default(503),
  /** Delay, skew or Retry-After, whichever the kind needs. */
  seconds: z.number().default(60),
});
export type Fault = z.infer<typeof Fault>;
export type FaultKind = Fault['kind'];

export interface Faults {
  add(fault: z.input<typeof Fault>): void;
  clear(): void;
  /** The first armed fault of that kind for the target; uses up one of its times. */
  take(kind: FaultKind, target: string): Fault | undefined;
  readonly armed: readonly Fault[];
}

export const TOKEN_TARGET = '/oauth/token';

export function createFaults(): Faults {
  let armed: Fault[] = [];

  return {
    add: (fault) => void armed.push(Fault.parse(fault)),
    clear: () => {
      armed = [];
    },
    take(kind, target) {
      const fault = armed.find((candidate) => candidate.kind === kind && hits(candidate.target, target));
      if (fault === undefined || fault.times === 'forever') return fault;
      fault.times -= 1;
      if (fault.times === 0) armed = armed.filter((candidate) => candidate !== fault);
      return fault;
    },
    get armed() {
      return armed;
    },
  };
}

function hits(pattern: string, target: string): boolean {
  if (target === TOKEN_TARGET) return pattern === TOKEN_TARGET;
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`).test(target);
}
