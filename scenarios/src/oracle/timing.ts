/**
 * The promises in seconds, written down a second time on purpose: the oracle must not learn them from the code it judges.
 */
export const timing = {
  /** A scrape and an evaluation: Prometheus knows of an outage this much later at the latest. */
  noticed: 30,
  evaluation: 15,
  scrape: 15,
  /** `for` of HostDown; also how long a window may still open (context delay). */
  for: 120,
  groupWait: 30,
  groupInterval: 30,
  /** An incident that is still open this long after its cause is over is stuck, not slow. */
  stuckAfter: 300,
  /** How long after a resolve its alert is still repeated, and its group kept. */
  repeatedResolve: 1260,
  step: 5,
  tolerance: 10,
  /** Evidence that is known by then opens a window before the alert fires … */
  knownInTime: 75,
  /** … and evidence that comes later than this cannot. */
  knownTooLate: 165,
  clockSkew: 5,
  installedValid: 7200,
  installStartedValid: 7200,
  pendingMaxAge: 7 * 24 * 3600,
  pendingFresh: 900,
  rmmEvents: 65,
  rmmSnapshot: 305,
  /** The vendor counts as lost between these two after it last answered. */
  rmmLostMin: 115,
  rmmLostMax: 185,
  retry: 300,
  /** Up, scraped, stable for a minute, seen by a poll. */
  returnSeen: 100,
  /** A dead exporter's deadlines are believed for ten minutes. */
  lookBack: 600,
  healthPage: 540,
  /** Alertmanager forgets an alert that is not sent again. */
  alertExpiry: 200,
} as const;
