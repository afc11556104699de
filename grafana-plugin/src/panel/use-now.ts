import { useEffect, useState } from 'react';

const tickMs = 30_000;

/** The time of the browser, moving on in steps that a timeline can show. */
export function useNow(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
