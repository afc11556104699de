import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../domain/policy.ts';
import type { PrometheusTrouble } from '../domain/prometheus-trouble.ts';
import { Fleet } from '../fleet/fleet.ts';
import { SourceBoard } from '../fleet/source-board.ts';
import type { PrometheusAlert, PrometheusClient } from '../watcher/prometheus-client.ts';
import { aDevice } from '../../test/support/builders.ts';
import { createExplain } from './explain.ts';

const T = 1_780_000_000;

async function explain(alerts: readonly PrometheusAlert[] | 'down', troubles: readonly PrometheusTrouble[] = []) {
  const clock = { now: () => T };
  const sources = new SourceBoard();
  const fleet = new Fleet({ clock, sources, policy: () => defaultPolicy.compliance, perOrganization: () => false });
  const state = aDevice();
  fleet.restore([state], 1);
  fleet.setIdentities(new Map([[state.key, { status: 'matched', instance: 'web:9100', by: 'discovery' }]]));
  const client = {
    name: 'main',
    alerts: () => (alerts === 'down' ? Promise.reject(new Error('down')) : Promise.resolve(alerts)),
  } as Partial<PrometheusClient> as PrometheusClient;
  return createExplain({
    clock,
    fleet,
    sources,
    policy: () => defaultPolicy,
    learned: { boundFor: () => undefined },
    clients: () => [client],
    troubles: () => troubles,
  }).explain(state.key);
}
const alert = (alertname: string, state: PrometheusAlert['state'], instance = 'web:9100'): PrometheusAlert => ({
  labels: { alertname, instance, ...(alertname === 'PostPatchReboot' ? { patch_state: 'quiet' } : {}) },
  state,
  activeAt: T - 60,
});

describe('explain', () => {
  it('says what would happen while nothing is wrong', async () => {
    expect((await explain([]))?.decision.text).toMatch(/^if it went down now it would/);
    expect((await explain([alert('HostDown', 'firing', 'other:9100')]))?.decision.text).toMatch(/^if it went down now/);
  });
  it('says that it pages while it does', async () => {
    const result = await explain([alert('HostDown', 'firing')]);
    expect(result?.decision).toMatchObject({ action: 'refuse', reason: 'already_firing' });
    expect(result?.summary).toContain('it pages as HostDown since 2026-');
  });
  it('does not take a quiet or pending alert for a page, nor a Prometheus that is silent', async () => {
    expect((await explain([alert('PostPatchReboot', 'firing')]))?.rules).toMatchObject([{ state: 'muted' }]);
    expect((await explain([alert('HostDown', 'pending')]))?.decision.reason).not.toBe('already_firing');
    expect((await explain('down'))?.rules).toMatchObject([{ state: 'unknown' }]);
  });
  it('names a Prometheus that answers in part only, and says what waits for it', async () => {
    const trouble = { server: 'main', use: 'verification', reason: 'partial', message: 'store a', since: T } as const;
    const text = 'Prometheus main answers in part only: what is back is not verified.';
    expect((await explain([], [trouble]))?.rules).toEqual([{ alert: '', state: 'unknown', text }]);
    expect((await explain('down', [trouble]))?.rules).toMatchObject([{ text: 'Prometheus main did not answer.' }]);
  });
});
