import { describe, expect, it } from 'vitest';
import { promqlFor } from './check.ts';
import { checkTemplates } from './templates.ts';

const owner = { instance: 'web01:9100', organization: 'acme', organizationLabel: 'organization' };
const services = { linux: ['a\\.service', 'b\\.service'], windows: ['W3SVC'] };

describe('promqlFor', () => {
  it('fills in a query of the user, with quotes escaped', () => {
    const query = 'up{instance="{{instance}}", o="{{organization}}"}';
    expect(promqlFor({ query }, { ...owner, organization: 'a"b' }, 'linux')).toBe(
      'up{instance="web01:9100", o="a\\"b"}',
    );
  });

  it('asks for every service of the system, of this organization alone', () => {
    const units = (name: string) =>
      `min(node_systemd_unit_state{instance="web01:9100", organization="acme", state="active", name=~"${name}\\\\.service"})`;
    expect(promqlFor({ services }, owner, 'linux')).toBe(`${units('a')} * ${units('b')}`);
    expect(promqlFor({ services }, { ...owner, organizationLabel: null }, 'windows')).toBe(
      'min(windows_service_state{instance="web01:9100", state="running", name=~"(?i:W3SVC)"})',
    );
  });

  it('asks both exporters where the system is not known, and nobody on a system without services', () => {
    expect(promqlFor({ services }, owner, undefined)).toMatch(/^\(min\(node_systemd.+\) or \(min\(windows_service/);
    expect(promqlFor({ services: { linux: [], windows: ['W3SVC'] } }, owner, 'linux')).toBeUndefined();
    expect(promqlFor({ services }, owner, 'macos')).toBeUndefined();
  });
});

describe('templates', () => {
  it('are the ones the documentation names', () => {
    expect([...checkTemplates.keys()]).toEqual([
      'ad-dc',
      'apache',
      'docker',
      'exchange',
      'iis',
      'mssql',
      'mysql',
      'nginx',
      'postgres',
      'sshd',
    ]);
  });

  it.each([
    ['nginx', 'linux', 'nginx.service', true],
    ['apache', 'linux', 'httpd.service', true],
    ['apache', 'linux', 'apache2-extra.service', false],
    ['postgres', 'linux', 'postgresql@15-main.service', true],
    ['postgres', 'linux', 'postgresql-16.service', true],
    // Active as soon as Debian has started it, whether or not a cluster runs.
    ['postgres', 'linux', 'postgresql.service', false],
    ['mssql', 'windows', 'MSSQL$PAYROLL', true],
    ['sshd', 'linux', 'ssh.service', true],
    ['mysql', 'windows', 'MySQL80', true],
  ] as const)('%s on %s: %s is %s', (name, system, service, expected) => {
    const patterns = checkTemplates.get(name)?.services[system] ?? [];
    expect(patterns.some((pattern) => new RegExp(`^(?:${pattern})$`).test(service))).toBe(expected);
  });
});
