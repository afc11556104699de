import type { OsFacts } from '../domain/device.ts';
import type { ObservedHealth } from '../domain/observed-health.ts';
import { toRfc3339, type UnixSeconds } from '../domain/time.ts';
import type { CheckResult } from '../domain/window.ts';
import { wholeName } from './baseline.ts';
import type { Question } from './check.ts';

/** What a source is asked: regular expressions over whole names, each of which has to be there and good. */
export interface SourceQuestion {
  readonly services: readonly string[];
  readonly checks: readonly string[];
}

/** What a source says of one device; absent: it was not asked. */
export interface SourceHealth {
  readonly source: string;
  readonly services?: Reading;
  readonly checks?: Reading;
}

/** A list, or the reason for which there is none. */
export type Reading = { readonly observed: readonly ObservedHealth[] } | { readonly failure: string };

/** Only what was observed within these limits proves anything, whatever the source's clock is off by. */
export interface Proof {
  /** Boot or return of the device, whichever was later: what was seen before it is another life of the machine. */
  readonly after: UnixSeconds;
  readonly now: UnixSeconds;
  readonly clockSkewSeconds: number;
}

/** An observation of longer ago than this says nothing about what ran before an outage. */
const oldestPastSeconds = 24 * 3600;

/** The part of a question that a source can answer; undefined where it has nothing to say about such a system. */
export function sourceQuestion(question: Question, os: OsFacts['family'] | undefined): SourceQuestion | undefined {
  if ('query' in question) return undefined;
  // All sources know the services of Windows, and of no other system.
  const isWindows = os === undefined || os === 'windows';
  const asked = 'rmm' in question ? question.rmm : { services: isWindows ? question.services.windows : [], checks: [] };
  const isNothing = asked.checks.length === 0 && (asked.services.length === 0 || !isWindows);
  return isNothing ? undefined : asked;
}

/** Whether everything that is asked for is there and good, by observations that count. */
export function judgeObserved(
  question: SourceQuestion,
  health: SourceHealth,
  proof: Proof,
): Pick<CheckResult, 'result' | 'detail'> {
  const findings = eachPattern(question, health).flatMap((asked) => judgePattern(asked, proof));
  const wrong = findings.filter(({ result }) => result !== 'passed');
  const result = wrong.some((finding) => finding.result === 'failed')
    ? 'failed'
    : wrong.length > 0
      ? 'no_data'
      : 'passed';
  const told = (wrong.length > 0 ? wrong : findings).map(({ text }) => text);
  return { result, detail: `${health.source}: ${[...new Set(told)].join(', ')}` };
}

/** What the source has seen to be bad since the device is back: it may speak against another witness. */
export function seenBad(question: SourceQuestion, health: SourceHealth, proof: Proof): readonly string[] {
  return eachPattern(question, health).flatMap(({ matches }) =>
    (matches ?? []).filter((seen) => seen.state === 'bad' && isProof(seen, proof)).map(sayState),
  );
}

/** Whether everything asked for was good at `until`, as last observed before; never by what was seen later. */
export function wasGood(question: SourceQuestion, health: SourceHealth, until: UnixSeconds): boolean {
  return eachPattern(question, health).every(
    ({ matches = [] }) => matches.length > 0 && matches.every((seen) => seen.state === 'good' && isPast(seen, until)),
  );
}

/** Services that start with the system and ran at `until`. */
export function ranBefore({ services }: SourceHealth, until: UnixSeconds): readonly string[] {
  return listOf(services).flatMap((seen) =>
    seen.automatic && seen.state === 'good' && isPast(seen, until) ? [seen.name] : [],
  );
}

/** Services that run now; undefined where the source has not looked since the device is back. */
export function runsNow({ services }: SourceHealth, proof: Proof): readonly string[] | undefined {
  const seen = listOf(services).filter((one) => isProof(one, proof));
  return seen.length === 0 ? undefined : seen.filter(({ state }) => state === 'good').map(({ name }) => name);
}

interface AskedPattern {
  readonly pattern: string;
  /** Absent: no list came. */
  readonly matches?: readonly ObservedHealth[];
  readonly failure?: string;
}

function eachPattern({ services, checks }: SourceQuestion, health: SourceHealth): readonly AskedPattern[] {
  const find = (patterns: readonly string[], reading: Reading | undefined): readonly AskedPattern[] =>
    patterns.map((pattern) => {
      if (reading === undefined) return { pattern, failure: 'it tells no such thing' };
      if ('failure' in reading) return { pattern, failure: reading.failure };
      const name = wholeName([pattern]);
      return { pattern, matches: reading.observed.filter((seen) => name.test(seen.name)) };
    });
  return [...find(services, health.services), ...find(checks, health.checks)];
}

interface Finding {
  readonly result: CheckResult['result'];
  readonly text: string;
}

function judgePattern({ pattern, matches, failure }: AskedPattern, proof: Proof): readonly Finding[] {
  if (matches === undefined) return [{ result: 'no_data', text: failure ?? 'no answer' }];
  if (matches.length === 0) return [{ result: 'no_data', text: `${pattern} is not in its list` }];
  return matches.map((seen) => {
    if (!isProof(seen, proof)) return { result: 'no_data', text: `${seen.name} was ${whenSeen(seen, proof)}` };
    const result = { good: 'passed', bad: 'failed', unknown: 'no_data' } as const;
    return { result: result[seen.state], text: sayState(seen) };
  });
}

function sayState({ name, word, observedAt }: ObservedHealth): string {
  return `${name} is ${word}${observedAt === undefined ? '' : `, seen at ${toRfc3339(observedAt)}`}`;
}

function whenSeen({ observedAt }: ObservedHealth, { after, clockSkewSeconds }: Proof): string {
  if (observedAt === undefined) return 'seen at a time nobody knows';
  return observedAt - clockSkewSeconds <= after
    ? `last seen at ${toRfc3339(observedAt)}, before it was back`
    : 'seen by a clock that is off';
}

/** Strictly later than the return, by as much as the source's clock may run ahead. */
function isProof({ observedAt }: ObservedHealth, { after, now, clockSkewSeconds }: Proof): boolean {
  return observedAt !== undefined && observedAt - clockSkewSeconds > after && observedAt <= now + clockSkewSeconds;
}

function isPast({ observedAt }: ObservedHealth, until: UnixSeconds): boolean {
  return observedAt !== undefined && observedAt <= until && observedAt >= until - oldestPastSeconds;
}

function listOf(reading: Reading | undefined): readonly ObservedHealth[] {
  return reading !== undefined && 'observed' in reading ? reading.observed : [];
}
