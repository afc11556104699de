import { decide, type Outage } from '../domain/decision.ts';
import { collectEvidence, judgeEvidence } from '../domain/evidence.ts';
import { budgetFor, type Policy } from '../domain/policy.ts';
import { troubleText, type PrometheusTrouble } from '../domain/prometheus-trouble.ts';
import { toRfc3339, type Clock } from '../domain/time.ts';
import { isOpen } from '../domain/window.ts';
import { durationText, evidenceText, refusalText } from '../domain/words.ts';
import type { DeviceView } from '../fleet/fleet-view.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { SourceBoard } from '../fleet/source-board.ts';
import type { Explain, ExplainResult } from '../http/deps.ts';
import type { LearnedBudgets } from '../watcher/learned-budgets.ts';
import type { PrometheusAlert, PrometheusClient } from '../watcher/prometheus-client.ts';

export interface ExplainDeps {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly sources: SourceBoard;
  readonly policy: () => Policy;
  readonly clients: () => readonly PrometheusClient[];
  readonly troubles: () => readonly PrometheusTrouble[];
  readonly learned: Pick<LearnedBudgets, 'boundFor'>;
}

type Decision = ExplainResult['decision'];

/** Says in words why a device is muted or not, and what would happen if it went down now. */
export function createExplain(deps: ExplainDeps): Explain {
  return {
    async explain(key) {
      const view = deps.fleet.get(key);
      if (view === undefined) return undefined;
      const now = deps.clock.now();
      const policy = deps.policy();
      const freshnessOf = (source: string) => deps.sources.freshness(source);
      const instance = view.identity.status === 'matched' ? view.identity.instance : '';
      const { seconds: budget } = budgetFor(view.state, instance, policy.budget, deps.learned.boundFor(view.state));
      const lastBootAt = view.state.facts.lastBootAt;
      const outage = { downAt: view.quiet?.closedAt === undefined ? (view.quiet?.downAt ?? now) : now };
      const evidence = collectEvidence(view.state, freshnessOf(view.state.source), budget, policy).map((piece) => ({
        evidence: piece,
        verdict: judgeEvidence(
          piece,
          { ...outage, ...(lastBootAt === undefined ? {} : { lastBootAt }) },
          policy.clockSkewSeconds,
        ),
        text: `${evidenceText(piece)}.`,
      }));
      const rules = await ruleStates(view, deps);
      const paged = rules.find(({ alert, state }) => pagingAlerts.has(alert) && state === 'firing');
      const decision = paged === undefined ? explainDecision(view, deps, now) : explainPage(paged);
      return {
        at: now,
        summary: `${view.state.facts.displayName}: ${decision.text}`,
        evidence,
        decision,
        rules,
      };
    },
  };
}

/** Our alerts that reach a pager; while one fires the question is not what would happen but what did. */
const pagingAlerts: ReadonlySet<string> = new Set(['HostDown', 'PostPatchRebootOverdue', 'PostPatchHealthCheckFailed']);

function explainPage({ alert, since }: ExplainResult['rules'][number]): Decision {
  const when = since === undefined ? '' : ` since ${toRfc3339(since)}`;
  return { action: 'refuse', reason: 'already_firing', text: `it pages as ${alert}${when}.` };
}

function explainDecision(view: DeviceView, deps: ExplainDeps, now: number): Decision {
  const { quiet, identity, state } = view;
  if (identity.status !== 'matched') {
    const text =
      identity.status === 'ambiguous'
        ? 'several Prometheus instances or devices fit it, so nothing is ever muted'
        : 'it is not matched to a Prometheus instance, so nothing is ever muted';
    return { action: 'none', reason: identity.status, text: `${text}.` };
  }
  if (quiet !== undefined && isOpen(quiet, now)) {
    const left = durationText(quiet.endsAt - now);
    return {
      action: 'keep',
      reason: 'open',
      text: `quiet for another ${left}, because ${quiet.cause}.`,
      until: quiet.endsAt,
    };
  }
  const outage: Outage = { downAt: now, paged: false, alerts: [], neverSuppress: false };
  const decision = decide({
    device: state,
    instance: identity.instance,
    outage,
    history: deps.fleet.windowsOf(state.key),
    freshnessOf: (source) => deps.sources.freshness(source),
    policy: deps.policy(),
    learned: deps.learned.boundFor(state),
    now,
  });
  if (decision.action === 'refuse') {
    return {
      action: 'refuse',
      reason: decision.reason,
      text: `if it went down now it would page: ${refusalText(decision.reason)}.`,
    };
  }
  const reasons = decision.evidence.map(evidenceText).join('; ');
  const text = `if it went down now it would be quiet for ${durationText(decision.budgetSeconds)} at the most (${decision.budgetBasis}): ${reasons}.`;
  return { action: 'open', reason: decision.evidence[0]?.kind ?? 'none', text, until: decision.endsAt };
}

/** The alerts Prometheus has active for this device; a server that does not answer is said, not skipped. */
async function ruleStates(view: DeviceView, deps: ExplainDeps): Promise<ExplainResult['rules']> {
  if (view.identity.status !== 'matched') return [];
  const { instance } = view.identity;
  const results = await Promise.allSettled(deps.clients().map((client) => client.alerts()));
  const silent = new Set(deps.clients().flatMap(({ name }, i) => (results[i]?.status === 'rejected' ? [name] : [])));
  const unknown = (text: string) => ({ alert: '', state: 'unknown' as const, text });
  return [
    ...results
      .flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
      .filter((alert) => belongs(alert, view, instance))
      .map(ruleState),
    ...[...silent].map((name) => unknown(`Prometheus ${name} did not answer.`)),
    ...deps
      .troubles()
      .filter(({ server }) => !silent.has(server))
      .map((trouble) => unknown(troubleText(trouble, trouble.server))),
  ];
}

function belongs(alert: PrometheusAlert, view: DeviceView, instance: string): boolean {
  if (alert.labels['instance'] !== instance) return false;
  return alert.organization === undefined || alert.organization === view.state.facts.organization;
}

function ruleState(alert: PrometheusAlert): ExplainResult['rules'][number] {
  const name = alert.labels['alertname'] ?? '';
  const quiet = alert.labels['patch_state'] === 'quiet';
  const state = quiet && alert.state === 'firing' ? 'muted' : alert.state;
  return { alert: name, state, since: alert.activeAt, text: `${name} is ${state} since ${toRfc3339(alert.activeAt)}.` };
}
