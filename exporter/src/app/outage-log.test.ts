import { expect, it } from 'vitest';
import { createOutageLog } from './outage-log.ts';

it('tells an outage of Prometheus once, a new reason again, and its end once', () => {
  const lines: string[] = [];
  const say = createOutageLog({
    info: (message: string) => lines.push(message),
    warn: ({ reasons }: { reasons: string }) => lines.push(reasons),
  } as never);
  say([]);
  say([new Error('refused'), new Error('refused')]);
  say([new Error('refused')]);
  say([new Error('timeout')]);
  say([]);
  say([]);
  expect(lines).toEqual(['refused', 'timeout', 'Prometheus answers again']);
});
