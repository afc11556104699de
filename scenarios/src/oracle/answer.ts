/** What the oracle knows for sure, or leaves open because the moment lies too near to a threshold. */
export type Answer = 'yes' | 'no' | 'unclear';

/** Is `value` at most `limit`? Unclear when it lies between the earliest and the latest limit that the timing allows. */
export function atMost(value: number, limitMin: number, limitMax: number): Answer {
  if (value <= limitMin) return 'yes';
  return value > limitMax ? 'no' : 'unclear';
}

export function all(...answers: readonly Answer[]): Answer {
  if (answers.includes('no')) return 'no';
  return answers.includes('unclear') ? 'unclear' : 'yes';
}

export function any(answers: readonly Answer[]): Answer {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('unclear') ? 'unclear' : 'no';
}

export function not(answer: Answer): Answer {
  if (answer === 'unclear') return answer;
  return answer === 'yes' ? 'no' : 'yes';
}
