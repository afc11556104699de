/**
 * One minute of production is two seconds here. A smaller factor would no longer be honest: the exporter publishes once
 * a second whatever the scale, and a window has to reach Prometheus well inside the `for` of HostDown (2 m → 4 s).
 */
export const factor = 1 / 30;

/** 15 s → 500 ms, for scrapes and evaluations alike. */
export const interval = '500ms';

/** Seconds at this scale. The comment names what they are in production. */
export const scaled = {
  /** `for` of HostDown: 2 m. */
  downForSeconds: 4,
  /** 30 s. */
  groupWaitSeconds: 1,
  /** Of 5 m; shorter than the scale asks, because only resolves wait for it. */
  groupIntervalSeconds: 2,
  /** 30 m, and a little for busy machines: these windows are ended by something else than their end. */
  budgetSeconds: 90,
  /** 6 m, of machines that outstay it: longer than HostDown needs to page. */
  shortBudgetSeconds: 12,
} as const;

/** A device that is down and unexplained has paged after this long: `for`, `group_wait`, two scrapes and evaluations. */
export const pagesAfterSeconds = scaled.downForSeconds + scaled.groupWaitSeconds + 2;

/** Prometheus' own times at this scale: 5 m, 1 m, 10 m and 1 h. */
export const prometheusFlags = [
  '--query.lookback-delta=10s',
  '--rules.alert.resend-delay=2s',
  '--rules.alert.for-grace-period=20s',
  '--rules.alert.for-outage-tolerance=2m',
];

/** Upper bound for "it happens": far above what it takes, because the machine may be busy. */
export const patienceMs = 45_000;
