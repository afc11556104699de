import type { PrometheusTrouble, PrometheusUse } from '../domain/prometheus-trouble.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import { PrometheusError, type PrometheusClient } from './prometheus-client.ts';

export interface PrometheusBoardDeps {
  readonly clock: Clock;
  /** Told of each failure. */
  readonly onError: (trouble: PrometheusTrouble) => void;
  /** Told once, and again when the message changes. */
  readonly onTrouble: (trouble: PrometheusTrouble) => void;
  readonly onEnd: (trouble: PrometheusTrouble) => void;
}

/** One good answer among bad ones does not make a server well. */
const steadySeconds = 60;

/** Knows which Prometheus is in trouble, and what waits because of it. */
export class PrometheusBoard {
  readonly #deps: PrometheusBoardDeps;
  readonly #troubles = new Map<string, PrometheusTrouble & { readonly lastAt: UnixSeconds }>();

  constructor(deps: PrometheusBoardDeps) {
    this.#deps = deps;
  }

  /** The same client, with its answers and failures noted. */
  watch(client: PrometheusClient, use: PrometheusUse): PrometheusClient {
    const { name, organizationLabel } = client;
    const note = async <T>(question: string, answer: Promise<T>): Promise<T> => {
      const key = JSON.stringify([name, use, question]);
      try {
        const value = await answer;
        this.#answered(key);
        return value;
      } catch (error) {
        this.#failed(key, name, use, error);
        throw error;
      }
    };
    return {
      name,
      organizationLabel,
      alerts: () => note('alerts', client.alerts()),
      query: (expression, at) => note('query', client.query(expression, at)),
      targets: () => note('targets', client.targets()),
    };
  }

  troubles(): readonly PrometheusTrouble[] {
    return [...this.#troubles.values()];
  }

  /** Forgets servers that are configured no longer. */
  keep(servers: ReadonlySet<string>): void {
    for (const [key, { server }] of this.#troubles) if (!servers.has(server)) this.#troubles.delete(key);
  }

  #answered(key: string): void {
    const trouble = this.#troubles.get(key);
    if (trouble === undefined || this.#deps.clock.now() - trouble.lastAt < steadySeconds) return;
    this.#troubles.delete(key);
    this.#deps.onEnd(trouble);
  }

  #failed(key: string, server: string, use: PrometheusUse, error: unknown): void {
    const now = this.#deps.clock.now();
    const before = this.#troubles.get(key);
    const reason = error instanceof PrometheusError ? error.kind : 'unavailable';
    const message = error instanceof Error ? error.message : String(error);
    const trouble = { server, use, reason, message, since: before?.since ?? now, lastAt: now };
    this.#troubles.set(key, trouble);
    this.#deps.onError(trouble);
    if (before?.message !== message) this.#deps.onTrouble(trouble);
  }
}
