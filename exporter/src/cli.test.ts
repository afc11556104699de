import { describe, expect, it } from 'vitest';
import { type Commands, runCli } from './cli.ts';

function setup() {
  const calls: unknown[][] = [];
  const record =
    (name: string) =>
    (...args: unknown[]) => {
      calls.push([name, ...args]);
      return Promise.resolve(0);
    };
  const commands: Commands = {
    serve: record('serve'),
    checkConfig: record('checkConfig'),
    rebuild: record('rebuild'),
    token: record('token'),
    audit: record('audit'),
    explain: record('explain'),
    event: record('event'),
    order: record('order'),
  };
  const text: string[] = [];
  const write = (part: string): void => void text.push(part);
  return {
    calls,
    text,
    run: (...args: string[]) => runCli(args, commands, { out: write, err: write, version: '1.2.3' }),
  };
}

describe('runCli', () => {
  it('serves by default, on the loopback address', async () => {
    const { run, calls } = setup();
    expect(await run()).toBe(0);
    expect(calls).toMatchObject([['serve', { listenAddresses: ['127.0.0.1:9725'], configFile: 'patchhaven.yaml' }]]);
  });

  it('takes several listen addresses', async () => {
    const { run, calls } = setup();
    await run('serve', '--web.listen-address=:1', '--web.listen-address', '[::1]:2', '--log.format=json');
    expect(calls).toMatchObject([['serve', { listenAddresses: [':1', '[::1]:2'], logFormat: 'json' }]]);
  });

  it.each([
    [['--check-config'], 'checkConfig'],
    [['check-config'], 'checkConfig'],
    [['rebuild'], 'rebuild'],
    [['audit', '--format=csv', '--by=site', '--sla=critical=7d,important=30d'], 'audit'],
    [['audit', '--this-host', '--agent=/opt/agent.sh', '--kev=kev.json', '--kev-map=map.json'], 'audit'],
    [['explain', 'ninja:1'], 'explain'],
    [['event', 'reboot.started', '--instance=a:1'], 'event'],
    [['order', 'ninja:1', 'reboot', '--reason=r', '--mode=forced', '--wait'], 'order'],
    [['order', 'ninja:1', 'script', '--reason=r', '--script=418', '--argument=-Kb', '--argument=KB1'], 'order'],
    [['order', 'ninja:1', 'maintenance', '--reason=r', '--until=2026-11-24T02:00:00Z'], 'order'],
    [['order', 'ninja:1', 'maintenance-end', '--reason=r'], 'order'],
    [['token', 'create', '--name=x', '--role=viewer', '--organization=a', '--organization=b'], 'token'],
    [['token', 'revoke', 'abc'], 'token'],
  ])('dispatches %j', async (args, name) => {
    const { run, calls } = setup();
    expect(await run(...args)).toBe(0);
    expect(calls.map(([called]) => called)).toEqual([name]);
  });

  it.each([
    [['sevre'], '"sevre" is not a command'],
    [['serve', 'now'], '"now" is too much for serve'],
    [['--log.level=loud'], '--log.level is one of'],
    [['audit', '--format=xml'], '--format is one of table, json, csv'],
    [['audit', '--sla=critical'], '--sla is a list such as'],
    [['audit', '--sla=grave=14d'], '--sla is a list such as'],
    [['audit', '--findings=dust'], '--findings is one of exploited, failed'],
    [['audit', '--findings=missing,exploited'], '--findings=exploited needs --kev'],
    [['audit', '--by=colour'], '--by is one of organization, site, group'],
    [['audit', '--this-host', '--by=site'], '--this-host is one machine'],
    [['audit', '--textfile=a'], '--textfile and --agent need --this-host'],
    [['audit', '--kev-map=a'], '--kev-map needs --kev'],
    [['audit', '--organization=a', '--organization=b'], 'audit takes one --organization'],
    [['explain'], 'which device?'],
    [['order', 'ninja:1'], 'an order needs --reason'],
    [['order', 'ninja:1', 'erase', '--reason=r'], 'order needs reboot, script'],
    [['order', 'ninja:1', 'reboot', '--reason=r', '--mode=soft'], '--mode is one of normal, forced'],
    [['order', 'ninja:1', 'script', '--reason=r'], 'which --script?'],
    [['token'], 'token needs create, list or revoke'],
    [['token', 'create', '--name=x'], 'a token needs --role'],
    [['--colour'], "Unknown option '--colour'"],
  ])('ends with 2 for %j and calls nothing', async (args, message) => {
    const { run, calls, text } = setup();
    expect(await run(...args)).toBe(2);
    expect(text.join('')).toContain(message);
    expect(calls).toEqual([]);
  });

  it('tells token both where the store is and where the exporter is', async () => {
    const { run, calls } = setup();
    await run('token', 'list', '--config.file=a.yaml', '--url=https://ph.example.com/', '--token-file=t');
    expect(calls).toMatchObject([
      ['token', { configFile: 'a.yaml', url: 'https://ph.example.com', tokenFile: 't' }, { action: 'list' }],
    ]);
  });

  it('holds critical updates to 14 days unless told otherwise, and counts every kind of finding', async () => {
    const { run, calls } = setup();
    await run('audit', '--url=https://ph.example.com');
    const [, , options] = calls[0] ?? [];
    expect(options).toMatchObject({
      sla: new Map([['critical', 14 * 86_400]]),
      findings: new Set(['exploited', 'failed', 'overdue', 'restart', 'missing', 'unknown']),
      thisHost: false,
    });
  });

  it('prints version and help', async () => {
    const { run, text } = setup();
    expect(await run('--version')).toBe(0);
    expect(text).toEqual(['patchhaven 1.2.3\n']);
    expect(await run('serve', '--help')).toBe(0);
    expect(text[1]).toContain('--web.config.file');
  });
});
