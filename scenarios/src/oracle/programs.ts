import type { Fault, Scenario, Span } from '../generator/scenario.ts';
import type { Answer } from './answer.ts';
import { timing } from './timing.ts';

function spans(scenario: Scenario, what: Fault['what']): readonly Fault[] {
  return scenario.faults.filter((fault) => fault.what === what);
}

export function overlaps(span: Span, from: number, to: number): boolean {
  return span.from < to && from < span.to;
}

/** Times in which no replica of the exporter ran. */
export function exporterGaps(scenario: Scenario): readonly Span[] {
  const gaps = spans(scenario, 'exporter');
  // At most one fault per program is drawn, so a second replica leaves no gap.
  return scenario.replicas === 1 ? gaps : [];
}

export function prometheusGaps(scenario: Scenario): readonly Span[] {
  return spans(scenario, 'prometheus');
}

export function alertmanagerGaps(scenario: Scenario): readonly Fault[] {
  return spans(scenario, 'alertmanager');
}

/** Was the exporter there to open a window for an outage at `downAt`? */
export function couldDecide(scenario: Scenario, downAt: number): Answer {
  const gaps = exporterGaps(scenario).filter((gap) => overlaps(gap, downAt, downAt + timing.knownTooLate));
  if (gaps.every((gap) => gap.to <= downAt + 50 || gap.from >= downAt + timing.knownInTime)) return 'yes';
  return gaps.some((gap) => gap.from <= downAt && gap.to >= downAt + timing.knownTooLate) ? 'no' : 'unclear';
}

/** Had the vendor answered lately when the decision was made? */
export function wasInContact(scenario: Scenario, downAt: number): Answer {
  const gaps = spans(scenario, 'rmm');
  const isFine = (gap: Span): boolean =>
    gap.from + timing.rmmLostMin > downAt + timing.for + timing.noticed ||
    gap.to + timing.rmmEvents < downAt + timing.knownInTime;
  if (gaps.every(isFine)) return 'yes';
  return gaps.some((gap) => gap.from + timing.rmmLostMax <= downAt && gap.to >= downAt + timing.knownTooLate)
    ? 'no'
    : 'unclear';
}

/** Earliest and latest moment at which something the vendor says from `at` on is known; Infinity: never. */
export function knownFromRmm(scenario: Scenario, at: number, periodSeconds: number): Span {
  let to = at + periodSeconds;
  for (const gap of spans(scenario, 'rmm')) if (overlaps(gap, at, to)) to = gap.to + periodSeconds;
  for (const gap of exporterGaps(scenario)) if (overlaps(gap, at, to)) to = gap.to + timing.step + periodSeconds;
  return { from: at, to };
}

/** When something posted at `at` is known; a sender gives up after a while. */
export function knownFromPost(scenario: Scenario, at: number): Span {
  const gap = exporterGaps(scenario).find((span) => span.from <= at + timing.step && at < span.to);
  if (gap === undefined) return { from: at, to: at + timing.step };
  if (gap.to > at + timing.retry + timing.step) return { from: Infinity, to: Infinity };
  return { from: at, to: gap.to > at + timing.retry - timing.step ? Infinity : gap.to + 2 * timing.step };
}
