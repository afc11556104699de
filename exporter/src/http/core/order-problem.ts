import type { OrderRefusal, Refusal } from '../../orders/place.ts';
import { ApiError, type ProblemType } from './problem.ts';

const types: Readonly<Record<OrderRefusal, ProblemType>> = {
  not_capable: 'unprocessable',
  unknown_script: 'unprocessable',
  bad_end: 'unprocessable',
  orders_off: 'conflict',
  open_reboot: 'conflict',
  key_reused: 'conflict',
  too_many: 'rate_limited',
  source_unavailable: 'unavailable',
};

/** An order that was not placed: nothing is recorded, nothing was sent. */
export function orderProblem({ reason, detail, field, retryAfterSeconds }: Refusal): ApiError {
  return new ApiError(types[reason], detail, {
    errors: field === undefined ? [] : [{ pointer: field, detail: reason }],
    headers: retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) },
  });
}
