import type { DataFrameDTO } from '@grafana/data';
import { nowUnixSeconds } from '../host/world/night.ts';

const nowMs = nowUnixSeconds * 1000;
const minuteMs = 60_000;

/** The hosts' clock, in hours before (or, negative, after) now. */
export function ago(hours: number): number {
  return nowMs - hours * 60 * minuteMs;
}

export interface Outage {
  readonly from: number;
  readonly to: number;
}

/** `up` of one device as Grafana's Prometheus data source answers it: one frame per series. */
export function upFrame(
  instance: string,
  organization: string,
  span: { readonly from: number; readonly to: number; readonly stepMs: number },
  outages: readonly Outage[] = [],
  job = 'node',
): DataFrameDTO {
  const times: number[] = [];
  const values: number[] = [];
  for (let at = span.from; at <= span.to; at += span.stepMs) {
    times.push(at);
    values.push(outages.some((outage) => at >= outage.from && at < outage.to) ? 0 : 1);
  }
  const labels = { __name__: 'up', instance, organization, job };
  return {
    refId: 'A',
    fields: [
      { name: 'Time', type: 'time' as never, config: { interval: span.stepMs }, values: times },
      { name: 'up', type: 'number' as never, labels, config: {}, values },
    ],
  };
}

export interface EventInput {
  readonly id: string;
  readonly kind: string;
  readonly time: number;
  readonly timeEnd?: number;
  readonly endsAt?: number;
  readonly instance?: string;
  readonly organization?: string;
  readonly deviceName?: string;
  readonly title: string;
  readonly text?: string;
  readonly outcome?: string;
}

/** Events as the Patchhaven data source answers them. */
export function eventFrame(events: readonly EventInput[]): DataFrameDTO {
  const column = (name: keyof EventInput, type: 'time' | 'string') => ({
    name,
    type: type as never,
    config: {},
    values: events.map((event) => event[name] ?? null),
  });
  return {
    refId: 'B',
    meta: { custom: { kind: 'patchhaven-events' } },
    fields: [
      column('time', 'time'),
      column('timeEnd', 'time'),
      column('endsAt', 'time'),
      column('title', 'string'),
      column('text', 'string'),
      column('kind', 'string'),
      column('instance', 'string'),
      column('organization', 'string'),
      column('deviceName', 'string'),
      column('outcome', 'string'),
      column('id', 'string'),
    ],
  };
}

const kinds = ['install-started', 'installed', 'reboot', 'verification-passed', 'install-failed', 'ticket'] as const;

/** A fleet of `lanes` devices over a day with `events` events, the same at each call. */
export function fleetFrames(lanes: number, events: number, stepMs = 5 * minuteMs): DataFrameDTO[] {
  const from = ago(24);
  const span = { from, to: nowMs, stepMs };
  const random = sequence(lanes * 7919 + events);
  const name = (lane: number) => `srv-${String(lane).padStart(4, '0')}:9182`;
  const organization = (lane: number) => `org-${lane % 12}`;
  const frames = Array.from({ length: lanes }, (_, lane) => {
    const start = from + Math.floor(random() * 23 * 60) * minuteMs;
    const outages = lane % 5 === 0 ? [{ from: start, to: start + 20 * minuteMs }] : [];
    return upFrame(name(lane), organization(lane), span, outages);
  });
  const items = Array.from({ length: events }, (_, index): EventInput => {
    const lane = Math.floor(random() * lanes);
    const time = from + Math.floor(random() * 24 * 60) * minuteMs;
    const shared = { id: `e${index}`, instance: name(lane), organization: organization(lane), time };
    if (index % 25 === 0) {
      return {
        ...shared,
        kind: 'quiet',
        timeEnd: time + 20 * minuteMs,
        title: 'reboot after KB5041160',
        outcome: 'returned',
      };
    }
    return {
      ...shared,
      kind: kinds[Math.floor(random() * kinds.length)] ?? 'note',
      title: 'KB5041160 Cumulative update',
    };
  });
  return [...frames, eventFrame(items)];
}

/** Numbers between 0 and 1, the same for the same seed. */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
