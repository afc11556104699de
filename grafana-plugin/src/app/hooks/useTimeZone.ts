import { config } from '@grafana/runtime';

/** The time zone Grafana shows this user: `browser`, `utc` or an IANA name. */
export function useTimeZone(): string {
  return config.bootData.user.timezone || 'browser';
}
