import { afterEach, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from '../../test/support/api.ts';
import { aDevice, aPatch, aView, builtAt } from '../../test/support/builders.ts';
import { ConfigError } from '../config/problem.ts';
import { checkConfig } from './check-config.ts';
import { postEvent } from './event.ts';
import { explain } from './explain.ts';
import { createRemote } from './remote.ts';

let api: RunningApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

function capture() {
  const [out, err]: [string[], string[]] = [[], []];
  return {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    lines: out,
    errors: err,
  };
}

const clean = aView({ state: aDevice({ facts: { vendorId: 'ok', patches: [aPatch()], rebootPending: false } }) });
const unknown = aView({
  state: aDevice({ facts: { vendorId: 'who', displayName: '=cmd()', patches: [aPatch()], rebootPending: false } }),
  compliance: { verdict: 'unknown', reasons: ['its source has not been read, "ever"'] },
});

async function remoteOf(views = [clean, unknown], role: 'viewer' | 'reporter' = 'viewer') {
  api = await startApi({ views });
  return createRemote({ url: api.url, tokenFile: undefined, env: { PATCHHAVEN_TOKEN: api.token(role) } });
}

describe('explain', () => {
  it('prints evidence, decision and rules', async () => {
    const io = capture();
    expect(await explain(await remoteOf(), 'ninja:ok', io)).toBe(0);
    expect(io.lines.join('')).toContain('valid: KB5041160 was installed 8 minutes before it went down.');
  });

  it('finds the one device that a name fits', async () => {
    const io = capture();
    expect(await explain(await remoteOf(), '=CMD', io)).toBe(0);
    expect(io.lines.join('')).toContain('ninja:who is quiet until');
  });

  it('lists the devices when more than one fits', async () => {
    const io = capture();
    expect(await explain(await remoteOf(), 'ninja', io)).toBe(2);
    expect(io.errors.join('')).toContain(
      '2 devices fit "ninja"; name one by its id:\n  ninja:who  =cmd()\n  ninja:ok  SRV-ok\n',
    );
  });

  it('says that there is no such device', async () => {
    const io = capture();
    expect(await explain(await remoteOf(), 'ninja:404', io)).toBe(2);
    expect(io.errors.join('')).toBe('patchhaven explain: Not found. No such device.\n');
  });
});

describe('event', () => {
  const fields = {
    instance: undefined,
    hostName: undefined,
    organization: undefined,
    at: undefined,
    patches: ['KB1'],
    id: undefined,
  };
  const clock = { now: () => builtAt };

  it('posts one event', async () => {
    const io = capture();
    const remote = await remoteOf([clean], 'reporter');
    expect(await postEvent(remote, { ...fields, type: 'patch.installed', device: 'ninja:ok' }, clock, io)).toBe(0);
    expect(io.lines).toEqual(['accepted\n']);
  });

  it('ends with 1 and the reason when it is rejected', async () => {
    const io = capture();
    const remote = await remoteOf([clean], 'reporter');
    expect(await postEvent(remote, { ...fields, type: 'patch.installed', device: 'ninja:404' }, clock, io)).toBe(1);
    expect(io.errors.join('')).toBe(
      'patchhaven event: rejected: device: there is no such device in this organization\n',
    );
  });
});

describe('check-config', () => {
  it('prints every problem and ends with 1', () => {
    const io = capture();
    const bad = new ConfigError([{ file: 'p.yaml', line: 1, column: 2, path: ['a'], message: 'unknown key' }]);
    expect(
      checkConfig(
        'p.yaml',
        () => {
          throw bad;
        },
        io,
      ),
    ).toBe(1);
    expect(io.errors).toEqual(['p.yaml:1:2 a: unknown key\n']);
    expect(checkConfig('p.yaml', () => undefined, io)).toBe(0);
  });
});
