import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import { narrowSpan, type RawSpan } from './time-span';
import { useChangeParams } from './useUrlParam';

/** The time span of the URL (`from`, `to`), as written there; stable as long as it is the same. */
export function useTimeSpan(fallback: RawSpan): [RawSpan, (span: RawSpan) => void] {
  const [search] = useSearchParams();
  const change = useChangeParams();
  const { from, to } = narrowSpan(search.get('from'), search.get('to'), fallback);
  const span = useMemo(() => ({ from, to }), [from, to]);
  const set = useCallback((next: RawSpan) => change({ from: next.from, to: next.to }), [change]);
  return [span, set];
}
