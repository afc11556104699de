import { judgeObserved, seenBad, type Proof, type SourceHealth, type SourceQuestion } from '../checks/observed.ts';
import type { UnixSeconds } from '../domain/time.ts';
import type { CheckResult } from '../domain/window.ts';

/** The outcome of one question in a round: not yet answered, or left out for this device, and in words why. */
export type Answer = CheckResult | 'unanswered' | LeftOut;
export interface LeftOut {
  readonly leftOut: string;
}

/** A question that the device's source has a say in: what it is asked, and what is made of its answer. */
export interface SourceStep {
  readonly services: boolean;
  readonly checks: boolean;
  /** False: it has a say only if somebody else needs it to be asked. */
  readonly needed: boolean;
  readonly conclude: (health: SourceHealth | undefined, proof: Proof) => CheckResult;
}
export type Step = Answer | SourceStep;

const shownNames = 5;

/** Prometheus has no answer: the source has the word. */
export function bySource(name: string, asked: SourceQuestion, at: UnixSeconds): SourceStep {
  return {
    ...wanted(asked),
    needed: true,
    conclude: (health, proof) =>
      health === undefined
        ? { check: name, result: 'no_data', detail: 'no data', at }
        : { check: name, ...judgeObserved(asked, health, proof), at: proof.now },
  };
}

/** What Prometheus found to run holds, unless the source has been asked anyway and saw one of the services stopped. */
export function orContradicted(result: CheckResult, asked: SourceQuestion): SourceStep {
  return {
    ...wanted(asked),
    needed: false,
    conclude: (health, proof) => {
      const against = health === undefined ? [] : seenBad(asked, health, proof);
      if (health === undefined || against.length === 0) return result;
      const detail = `Prometheus says it runs, but ${health.source}: ${named(against)}`;
      return { ...result, result: 'failed', detail };
    },
  };
}

function wanted({ services, checks }: SourceQuestion): Pick<SourceStep, 'services' | 'checks'> {
  return { services: services.length > 0, checks: checks.length > 0 };
}

export function isLeftOut(step: Step): step is LeftOut {
  return typeof step === 'object' && 'leftOut' in step;
}

export function isSourceStep(step: Step): step is SourceStep {
  return typeof step === 'object' && 'conclude' in step;
}

export function isResult(answer: Answer): answer is CheckResult {
  return answer !== 'unanswered' && !isLeftOut(answer);
}

/** The first names, and how many there are besides. */
export function named(names: readonly string[]): string {
  const more = names.length - shownNames;
  return names.slice(0, shownNames).join(', ') + (more > 0 ? ` and ${String(more)} more` : '');
}
