import type { SourceHealth, SourceQuestion } from '../checks/observed.ts';
import type { CapabilityName } from '../domain/capabilities.ts';
import type { DeviceState } from '../domain/device.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';

/** The RMM as the verification sees it. Every read costs the vendor a request or two, and may wait for its turn. */
export interface HealthSource {
  can(source: string, capability: CapabilityName): boolean;
  /** Never throws: a failure is an answer. */
  read(device: DeviceState, asked: { readonly services: boolean; readonly checks: boolean }): Promise<SourceHealth>;
}

const pastAttempts = 3;

/** What a source was asked about devices that were down: how they were before, and whether it is time to ask anew. */
export class SourceReadings {
  readonly #source: HealthSource;
  readonly #clock: Clock;
  readonly #past = new Map<string, { health?: SourceHealth; attempts: number; underWay: boolean }>();
  readonly #nextAt = new Map<string, UnixSeconds>();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(source: HealthSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** The part of a question that the device's source can answer now, or could answer while it was down. */
  able(device: DeviceState, question: SourceQuestion | undefined, when: 'now' | 'down'): SourceQuestion | undefined {
    if (question === undefined) return undefined;
    const { source } = device;
    const services = this.#source.can(source, when === 'down' ? 'servicesWhileDown' : 'services');
    const isAble = (question.services.length === 0 || services) && (question.checks.length === 0 || this.#can(device));
    return isAble ? question : undefined;
  }

  /** How the device was, as the source knows it from before: asked until it is answered. undefined: not yet. */
  past(windowId: string, device: DeviceState): SourceHealth | undefined {
    const past = this.#past.get(windowId) ?? { attempts: 0, underWay: false };
    this.#past.set(windowId, past);
    if (past.health !== undefined || past.underWay) return past.health;
    past.underWay = true;
    past.attempts += 1;
    const asked = { services: this.#source.can(device.source, 'servicesWhileDown'), checks: this.#can(device) };
    this.track(
      this.#source.read(device, asked).then((health) => {
        past.underWay = false;
        const isAnswered = !hasFailed(health) || past.attempts >= pastAttempts;
        if (isAnswered) past.health = health;
      }),
    );
    return undefined;
  }

  read(...given: Parameters<HealthSource['read']>): Promise<SourceHealth> {
    return this.#source.read(...given);
  }

  /** Whether it is time to ask about the window's device; the answer of the round before decides. */
  isDue(windowId: string): boolean {
    return this.#clock.now() >= (this.#nextAt.get(windowId) ?? 0);
  }

  notBefore(windowId: string, at: UnixSeconds): void {
    this.#nextAt.set(windowId, at);
  }

  /** Remembers work that no round waits for. */
  track(work: Promise<unknown>): void {
    const ended = work.finally(() => this.#underWay.delete(ended));
    this.#underWay.add(ended);
  }

  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  keepOnly(windowIds: ReadonlySet<string>): void {
    for (const id of this.#past.keys()) if (!windowIds.has(id)) this.#past.delete(id);
    for (const id of this.#nextAt.keys()) if (!windowIds.has(id)) this.#nextAt.delete(id);
  }

  #can({ source }: DeviceState): boolean {
    return this.#source.can(source, 'checks');
  }
}

function hasFailed({ services, checks }: SourceHealth): boolean {
  return [services, checks].some((reading) => reading !== undefined && 'failure' in reading);
}
