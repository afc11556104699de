import { describe, expect, it } from 'vitest';
import { missing, toRunning, wholeName } from './baseline.ts';

const unit = (name: string, job = 'node') => toRunning({ kind: 'unit', name, job }, []);
const present = (...list: (ReturnType<typeof unit> | undefined)[]) => list.filter((one) => one !== undefined);

describe('toRunning', () => {
  it.each([
    'user@1000.service',
    'apt-daily.service',
    'systemd-tmpfiles-clean.service',
    'getty@tty1.service',
    'packagekit.service',
  ])('leaves out %s, which comes and goes', (name) => {
    expect(unit(name)).toBeUndefined();
  });

  it.each(['wuauserv', 'TRUSTEDINSTALLER', 'cbdhsvc_3f2a1'])('leaves out the Windows service %s', (name) => {
    expect(toRunning({ kind: 'service', name }, [])).toBeUndefined();
  });

  it('keeps services that people miss, and leaves out what the user says', () => {
    expect(unit('nginx.service')?.name).toBe('nginx.service');
    expect(toRunning({ kind: 'unit', name: 'legacy.service' }, [wholeName(['legacy\\..*'])])).toBeUndefined();
    expect(toRunning({ kind: 'probe', job: 'https' }, [])?.name).toBe('probe https');
  });
});

describe('missing', () => {
  it('names what ran before and does not run now, by series and not by name alone', () => {
    const before = present(unit('nginx.service'), unit('db.service'), toRunning({ kind: 'target', job: 'node' }, []));
    const now = present(unit('db.service'), toRunning({ kind: 'probe', job: 'node' }, []));
    expect(missing(before, now)).toEqual(['nginx.service', 'target node']);
    expect(missing(before, before)).toEqual([]);
  });

  it('misses one of two probes that only other labels tell apart', () => {
    const probe = (module: string, extra = {}) =>
      toRunning({ kind: 'probe', job: 'blackbox', instance: 'i', module, ...extra }, []);
    const before = present(probe('icmp'), probe('https'));
    expect(missing(before, present(probe('icmp')))).toEqual(['probe blackbox']);
    expect(missing(before, present(probe('icmp', { __name__: 'probe_success' }), probe('https')))).toEqual([]);
  });

  it('does not miss a Windows service whose exporter changed the case of names', () => {
    const before = present(toRunning({ kind: 'service', job: 'w', name: 'W3SVC' }, []));
    expect(missing(before, present(toRunning({ kind: 'service', job: 'w', name: 'w3svc' }, [])))).toEqual([]);
  });
});
