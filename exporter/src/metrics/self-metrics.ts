import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { refusalReasons } from '../domain/decision.ts';
import { connectorErrorKinds, type ConnectorErrorKind } from '../domain/errors.ts';
import { evidenceKinds } from '../domain/evidence.ts';
import type { Tally } from '../domain/snapshot.ts';
import type { UnixSeconds } from '../domain/time.ts';
import { windowOutcomes, type WindowOutcome } from '../domain/window.ts';
import type { SelfFamily } from './family.ts';
import { selfFamilies } from './families/self.ts';
import { checkOrganizationLabel } from './labels.ts';
import { renderRegistry, type SelfSelection } from './self-text.ts';

/** How a read of a source ended. */
export interface SourceRun {
  readonly source: string;
  readonly endedAt: UnixSeconds;
  readonly durationSeconds: number;
  readonly outcome:
    | { readonly complete: true; readonly devices: number; readonly dropped: Tally; readonly unknownWords: Tally }
    | { readonly complete: false; readonly reason: ConnectorErrorKind };
}

/** How a read of one device's services or checks ended. */
export type HealthRead =
  | { readonly source: string; readonly reason: ConnectorErrorKind }
  | { readonly source: string; readonly dropped: Tally; readonly unknownWords: Tally };

export const decisions = ['opened', 'extended', 'closed', 'refused'] as const;
export type DecisionKind = (typeof decisions)[number];

export const ingestResults = ['accepted', 'duplicate', 'rejected'] as const;
export type IngestResult = (typeof ingestResults)[number];

export interface UnmatchedCount {
  readonly organization: string;
  readonly reason: 'unmatched' | 'ambiguous';
  readonly devices: number;
}

/** Where the parts of the exporter say what they did. Recording never throws and never waits. */
export interface SelfMetrics {
  sourceRun(run: SourceRun): void;
  /** A read of one device's services or checks has ended; it says nothing about the whole source. */
  healthRead(read: HealthRead): void;
  /** How far the running complete read has come; `undefined` when it has ended. */
  sourceReading(source: string, reading: { readonly what: string; readonly count: number } | undefined): void;
  /** Makes a source known, so that its error counters stand at 0 before anything went wrong. */
  sourceConfigured(source: string): void;
  /** Ends the state and the errors of a source that is no longer configured; what it dropped stays counted. */
  sourceRemoved(source: string): void;
  eventIngest(result: IngestResult, count?: number): void;
  /** `reason`: a refusal reason, evidence kind or window outcome; anything else is counted as `other`. */
  decision(decision: DecisionKind, reason: string): void;
  quietClosed(organization: string, outcome: WindowOutcome, mutedSeconds: number): void;
  /** A reboot under a learned budget is over: back in time, or the budget ran out. */
  learnedBudget(organization: string, result: 'covered' | 'exceeded'): void;
  /** `use`: what the question was for. */
  prometheusError(error: { readonly server: string; readonly use: string; readonly reason: string }): void;
  watcherPoll(poll: { readonly at: UnixSeconds; readonly ok: boolean }): void;
  /** Replaces the whole picture: organizations that are not named have none. */
  unmatched(counts: readonly UnmatchedCount[]): void;
  /** In the asked format, without `# EOF`. */
  render(selection: SelfSelection): Promise<string>;
}

export interface SelfMetricsOptions {
  readonly organizationLabel: string | null;
  readonly version: string;
  /** prom-client's process_* and nodejs_*; off where output has to be the same each time. Default true. */
  readonly processMetrics?: boolean;
}

const knownReasons: ReadonlySet<string> = new Set([...refusalReasons, ...evidenceKinds, ...windowOutcomes]);

/** prom-client names three gauges of Node.js `_total`, which promtool refuses; their labelled forms stay. */
function recordProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const what of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${what}_total`);
}

export function createSelfMetrics({
  organizationLabel,
  version,
  processMetrics = true,
}: SelfMetricsOptions): SelfMetrics {
  checkOrganizationLabel(
    organizationLabel,
    Object.values<SelfFamily>(selfFamilies).flatMap((family) => family.labels),
  );
  const registry = new Registry();
  const describe = (family: SelfFamily) => ({
    name: family.name,
    help: family.help,
    labelNames: [
      ...(family.perOrganization && organizationLabel !== null ? [organizationLabel] : []),
      ...family.labels,
    ],
    registers: [registry],
  });
  const gauge = (family: SelfFamily) => new Gauge(describe(family));
  const counter = (family: SelfFamily) => new Counter(describe(family));
  const owned = (organization: string, labels: Record<string, string> = {}) =>
    organizationLabel === null ? labels : { [organizationLabel]: organization, ...labels };

  const quietWindows = counter(selfFamilies.quietWindows);
  const quietSeconds = counter(selfFamilies.quietSeconds);
  const learnedBudgets = counter(selfFamilies.learnedBudgets);
  const decisionsTotal = counter(selfFamilies.decisions);
  const sourceUp = gauge(selfFamilies.sourceUp);
  const sourceLastSuccess = gauge(selfFamilies.sourceLastSuccess);
  const sourceErrors = counter(selfFamilies.sourceErrors);
  const sourceDevices = gauge(selfFamilies.sourceDevices);
  const sourceDuration = gauge(selfFamilies.sourceDuration);
  const sourceRead = gauge(selfFamilies.sourceRead);
  const readKinds = new Map<string, Set<string>>();
  const sourceDropped = counter(selfFamilies.sourceDropped);
  const sourceUnknownWords = counter(selfFamilies.sourceUnknownWords);
  const unmatchedDevices = gauge(selfFamilies.unmatchedDevices);
  const eventIngest = counter(selfFamilies.eventIngest);
  const watcherLastSuccess = gauge(selfFamilies.watcherLastSuccess);
  const watcherErrors = counter(selfFamilies.watcherErrors);
  const prometheusErrors = counter(selfFamilies.prometheusErrors);
  gauge(selfFamilies.buildInfo).set({ version, nodeversion: process.version }, 1);
  if (processMetrics) recordProcess(registry);
  // prom-client starts a metric without labels at 0; a timestamp of 0 would be a claim.
  watcherLastSuccess.remove();
  for (const reason of refusalReasons) decisionsTotal.inc({ decision: 'refused', reason }, 0);
  for (const result of ingestResults) eventIngest.inc({ result }, 0);

  const sourceConfigured = (source: string) => {
    for (const reason of connectorErrorKinds) sourceErrors.inc({ source, reason }, 0);
  };
  const addTally = (metric: Counter, source: string, label: string, tally: Tally) => {
    for (const [key, count] of Object.entries(tally)) metric.inc({ source, [label]: key }, count);
  };

  return {
    sourceConfigured,
    sourceRun({ source, endedAt, durationSeconds, outcome }) {
      sourceConfigured(source);
      sourceUp.set({ source }, outcome.complete ? 1 : 0);
      sourceDuration.set({ source }, durationSeconds);
      if (!outcome.complete) {
        sourceErrors.inc({ source, reason: outcome.reason });
        return;
      }
      sourceLastSuccess.set({ source }, endedAt);
      sourceDevices.set({ source }, outcome.devices);
      addTally(sourceDropped, source, 'reason', outcome.dropped);
      addTally(sourceUnknownWords, source, 'field', outcome.unknownWords);
    },
    healthRead(read) {
      if ('reason' in read) {
        sourceErrors.inc({ source: read.source, reason: read.reason });
        return;
      }
      addTally(sourceDropped, read.source, 'reason', read.dropped);
      addTally(sourceUnknownWords, read.source, 'field', read.unknownWords);
    },
    sourceReading(source, reading) {
      const kinds = readKinds.get(source) ?? new Set<string>();
      if (reading !== undefined) {
        readKinds.set(source, kinds.add(reading.what));
        sourceRead.set({ source, what: reading.what }, reading.count);
        return;
      }
      for (const what of kinds) sourceRead.remove({ source, what });
      readKinds.delete(source);
    },
    sourceRemoved(source) {
      for (const metric of [sourceUp, sourceLastSuccess, sourceDevices, sourceDuration]) metric.remove({ source });
      for (const reason of connectorErrorKinds) sourceErrors.remove({ source, reason });
    },
    eventIngest(result, count = 1) {
      eventIngest.inc({ result }, count);
    },
    decision(decision, reason) {
      decisionsTotal.inc({ decision, reason: knownReasons.has(reason) ? reason : 'other' });
    },
    quietClosed(organization, outcome, mutedSeconds) {
      quietWindows.inc(owned(organization, { outcome }));
      // A counter refuses to go down; a clock that stepped back must not stop the caller.
      quietSeconds.inc(owned(organization), Math.max(0, mutedSeconds));
    },
    learnedBudget(organization, result) {
      learnedBudgets.inc(owned(organization, { result }));
    },
    watcherPoll({ at, ok }) {
      if (ok) watcherLastSuccess.set(at);
      else watcherErrors.inc();
    },
    prometheusError({ server, use, reason }) {
      prometheusErrors.inc({ server, use, reason });
    },
    unmatched(counts) {
      unmatchedDevices.reset();
      for (const { organization, reason, devices } of counts) {
        unmatchedDevices.inc(owned(organization, { reason }), devices);
      }
    },
    render: (selection) => renderRegistry(registry, organizationLabel, selection),
  };
}
