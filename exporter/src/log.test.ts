import { describe, expect, it } from 'vitest';
import { type LogFormat, createLog } from './log.ts';

function capture(format: LogFormat) {
  const lines: string[] = [];
  const log = createLog({ level: 'info', format, destination: { write: (line: string) => void lines.push(line) } });
  return { log, lines };
}

describe('createLog', () => {
  it('writes JSON with a readable level and time', () => {
    const { log, lines } = capture('json');
    log.info({ source: 'ninja' }, 'source read');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', msg: 'source read', source: 'ninja' });
  });

  it('writes logfmt and quotes what needs it', () => {
    const { log, lines } = capture('logfmt');
    log.warn({ reason: 'not found', count: 2 }, 'device unmatched');
    expect(lines[0]).toMatch(/^level=warn time=\S+ reason="not found" count=2 msg="device unmatched"\n$/);
  });

  it.each(['json', 'logfmt'] as const)('hides credentials in %s', (format) => {
    const { log, lines } = capture(format);
    log.info(
      {
        password: 'hunter2',
        options: { clientSecret: 'hunter2' },
        req: { headers: { authorization: 'hunter2', 'x-grafana-id': 'hunter2' } },
      },
      'seen',
    );
    expect(lines.join('')).not.toContain('hunter2');
  });
});
