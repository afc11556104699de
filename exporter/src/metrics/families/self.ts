import type { SelfFamily } from '../family.ts';

function self<const T extends Omit<SelfFamily, 'scope' | 'stability' | 'perOrganization'>>(
  family: T & { readonly perOrganization?: boolean },
) {
  return { scope: 'self', stability: 'stable', perOrganization: false, ...family } as const;
}

/** What the exporter records about its own work. The key is how self-metrics.ts finds it. */
export const selfFamilies = {
  quietWindows: self({
    name: 'patch_quiet_windows_total',
    help: 'Quiet windows that ended, by outcome.',
    type: 'counter',
    labels: ['outcome'],
    perOrganization: true,
  }),
  quietSeconds: self({
    name: 'patch_quiet_seconds_total',
    help: 'Time during which down-alerts were muted by quiet windows that have ended.',
    type: 'counter',
    labels: [],
    unit: 'seconds',
    perOrganization: true,
  }),
  learnedBudgets: self({
    name: 'patch_learned_budget_reboots_total',
    help: 'Reboots under a learned budget, by whether it covered them; compare with policy.budget.learned.coverage.',
    type: 'counter',
    labels: ['result'],
    perOrganization: true,
  }),
  decisions: self({
    name: 'patch_decisions_total',
    help: 'Decisions about down devices; every reason to refuse exists from the start with 0.',
    type: 'counter',
    labels: ['decision', 'reason'],
  }),
  sourceUp: self({
    name: 'patchhaven_source_up',
    help: '1 when the last read of the source was complete, 0 when it failed. Absent until the first read ended.',
    type: 'gauge',
    labels: ['source'],
  }),
  sourceLastSuccess: self({
    name: 'patchhaven_source_last_success_timestamp_seconds',
    help: 'When the source was last read completely. Absent until then.',
    type: 'gauge',
    labels: ['source'],
    unit: 'seconds',
  }),
  sourceErrors: self({
    name: 'patchhaven_source_errors_total',
    help: 'Reads of the source that failed, by reason.',
    type: 'counter',
    labels: ['source', 'reason'],
  }),
  sourceDevices: self({
    name: 'patchhaven_source_devices',
    help: 'Devices in the last complete read of the source.',
    type: 'gauge',
    labels: ['source'],
  }),
  sourceDuration: self({
    name: 'patchhaven_source_last_read_duration_seconds',
    help: 'How long the last read of the source took, whether it was complete or not.',
    type: 'gauge',
    labels: ['source'],
    unit: 'seconds',
  }),
  sourceRead: self({
    name: 'patchhaven_source_read_objects',
    help: 'Objects that the running complete read of the source has brought so far, by kind. Absent while none is running.',
    type: 'gauge',
    labels: ['source', 'what'],
  }),
  sourceDropped: self({
    name: 'patchhaven_source_dropped_total',
    help: 'Malformed objects left out of reads, by reason.',
    type: 'counter',
    labels: ['source', 'reason'],
  }),
  sourceUnknownWords: self({
    name: 'patchhaven_source_unknown_words_total',
    help: 'Vendor words outside our tables that became "unknown", by field.',
    type: 'counter',
    labels: ['source', 'field'],
  }),
  unmatchedDevices: self({
    name: 'patchhaven_unmatched_devices',
    help: 'Devices that are joined to no instance (unmatched) or could be joined to several (ambiguous).',
    type: 'gauge',
    labels: ['reason'],
    perOrganization: true,
  }),
  eventIngest: self({
    name: 'patchhaven_event_ingest_total',
    help: 'Events offered through the API, webhooks and reads, by what became of them.',
    type: 'counter',
    labels: ['result'],
  }),
  watcherLastSuccess: self({
    name: 'patchhaven_watcher_last_success_timestamp_seconds',
    help: 'When the pending and firing alerts were last read from Prometheus. Absent until then.',
    type: 'gauge',
    labels: [],
    unit: 'seconds',
  }),
  watcherErrors: self({
    name: 'patchhaven_watcher_errors_total',
    help: 'Reads of the alerts from Prometheus that failed.',
    type: 'counter',
    labels: [],
  }),
  prometheusErrors: self({
    name: 'patchhaven_prometheus_errors_total',
    help: 'Questions that a Prometheus did not answer, or in part only (reason partial), by what they were for (use).',
    type: 'counter',
    labels: ['server', 'use', 'reason'],
  }),
  buildInfo: self({
    name: 'patchhaven_build_info',
    help: 'Version of the exporter and of Node.js, value 1.',
    type: 'info',
    labels: ['version', 'nodeversion'],
  }),
} as const satisfies Record<string, SelfFamily>;
