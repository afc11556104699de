import type { UnixSeconds } from '../../../exporter/src/domain/time.ts';
import type { Random } from './random.ts';
import type { Delivery, ScenarioDevice, Span, ToldEvent, TrueOutage } from './scenario.ts';

type Route = Delivery['route'];
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A device whose story is being written. */
export class DeviceDraft {
  readonly device: Mutable<Omit<ScenarioDevice, 'outages'>> & { outages: TrueOutage[] };
  readonly deliveries: Delivery[] = [];
  readonly random: Random;
  readonly budgetSeconds: number;
  readonly startAt: UnixSeconds;
  /** Ends a delivery's delay after the event: how reliable this device's news are. */
  delaySeconds: () => number = () => this.random.between(1, 8);
  skewSeconds = 0;
  route: Route;

  constructor(options: {
    random: Random;
    id: string;
    organization: string;
    instance: string;
    budgetSeconds: number;
    startAt: UnixSeconds;
  }) {
    const { random, id, organization, instance } = options;
    this.random = random;
    this.budgetSeconds = options.budgetSeconds;
    this.startAt = options.startAt;
    this.route = random.pick(['rmm', 'api']);
    this.device = {
      id,
      organization,
      instance,
      story: '',
      isMislabelled: false,
      isVital: false,
      pendingSince: undefined,
      outages: [],
      unhealthy: undefined,
    };
  }

  outage(downAt: UnixSeconds, upAt: UnixSeconds, cause: TrueOutage['cause'], extra: Partial<TrueOutage> = {}): void {
    this.device.outages.push({ downAt, upAt, cause, answers: [], boots: true, ...extra });
  }

  /** Something that happened at `trueAt`, told in the sender's time. */
  tell(trueAt: UnixSeconds, event: Omit<ToldEvent, 'occurredAt'>, at = trueAt + this.delaySeconds()): void {
    this.deliveries.push({
      at: Math.max(at, this.startAt),
      route: this.route,
      id: `${this.device.id}/${String(this.deliveries.length)}`,
      device: this.device.id,
      event: { ...event, occurredAt: trueAt + this.skewSeconds } as ToldEvent,
    });
  }

  installStarted(at: UnixSeconds): void {
    this.tell(at, { type: 'patch.install.started', data: { patches } });
  }

  installed(at: UnixSeconds): void {
    this.tell(at, { type: 'patch.installed', data: { patches } });
  }

  rebootOrdered(at: UnixSeconds): void {
    this.tell(at, { type: 'reboot.ordered', data: { reason: 'patches' } });
  }

  planEnded(at: UnixSeconds): void {
    this.tell(at, { type: 'maintenance.ended', data: { id: `plan-${this.device.id}` } });
  }

  planned(span: Span, at: UnixSeconds): void {
    const data = { id: `plan-${this.device.id}`, start: span.from, end: span.to, reason: 'patch night', owner: 'anna' };
    this.tell(at, { type: 'maintenance.planned', data });
  }
}

const patches = [{ id: 'KB5041160', title: '2026-08 cumulative update' }];
