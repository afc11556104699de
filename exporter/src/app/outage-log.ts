import type { Logger } from 'pino';

/**
 * Says once that Prometheus stopped answering and why, again when the reason changes, and once that it is back. The
 * watcher asks every few seconds; the counter of failed polls is the place for each single one.
 */
export function createOutageLog(log: Pick<Logger, 'info' | 'warn'>): (errors: readonly unknown[]) => void {
  let told = '';
  return (errors) => {
    const reasons = errors.map((error) => (error instanceof Error ? error.message : String(error)));
    const now = [...new Set(reasons)].sort().join('; ');
    if (now === told) return;
    told = now;
    if (now === '') log.info('Prometheus answers again');
    else
      log.warn({ reasons: now }, 'Prometheus does not answer: no window can open, open ones end at their stored end');
  };
}
