import type { WindowResult } from '../deps.ts';
import { ApiError, type ProblemType } from './problem.ts';

type Refusal = Extract<WindowResult, { readonly ok: false }>;

/** Never 401: Grafana hides the text of that one, and an operator has to read why. */
const types: Readonly<Record<Refusal['reason'], ProblemType>> = {
  unmatched: 'unprocessable',
  too_long: 'unprocessable',
  in_the_past: 'unprocessable',
  capped: 'conflict',
  overlaps: 'conflict',
  already_closed: 'conflict',
};

export function windowProblem({ reason, detail, device }: Refusal): ApiError {
  const errors = device === undefined ? [] : [{ pointer: '/devices', detail: `${device}: ${reason}` }];
  return new ApiError(types[reason], detail, { errors });
}
