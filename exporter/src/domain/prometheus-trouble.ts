import type { UnixSeconds } from './time.ts';

/** What a Prometheus is asked for. */
export const prometheusUses = ['alerts', 'verification', 'identity'] as const;
export type PrometheusUse = (typeof prometheusUses)[number];

/** `partial`: a part of the answer is missing, as Thanos and Mimir say when one of their stores is out of reach. */
export const prometheusErrorKinds = ['unavailable', 'timeout', 'malformed', 'refused', 'partial'] as const;
export type PrometheusErrorKind = (typeof prometheusErrorKinds)[number];

/** A question that a server does not answer, or not whole. */
export interface PrometheusTrouble {
  readonly server: string;
  readonly use: PrometheusUse;
  readonly reason: PrometheusErrorKind;
  /** The server's own words. */
  readonly message: string;
  readonly since: UnixSeconds;
}

const consequences: Readonly<Record<PrometheusUse, string>> = {
  alerts: 'no new window opens for what it watches',
  verification: 'what is back is not verified',
  identity: 'devices are not joined to its targets anew',
};

/** "Prometheus thanos answers in part only: what is back is not verified." Without a name: "A Prometheus …". */
export function troubleText({ use, reason }: PrometheusTrouble, server?: string): string {
  const what = reason === 'partial' ? 'answers in part only' : 'does not answer';
  return `${server === undefined ? 'A Prometheus' : `Prometheus ${server}`} ${what}: ${consequences[use]}.`;
}
