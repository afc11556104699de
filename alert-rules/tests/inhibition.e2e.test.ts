import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  eventually,
  startAlertmanager,
  startSink,
  type Alertmanager,
  type Labels,
  type SeenAlert,
  type Sink,
} from './alertmanager-process.ts';

let alertmanager: Alertmanager;
let sink: Sink;
beforeAll(async () => {
  sink = await startSink();
  alertmanager = await startAlertmanager(sink.url);
});
afterAll(async () => {
  await alertmanager.stop();
  sink.close();
});

const RULES = [
  { source: 'PatchAwareInhibitor', optIn: 'down' },
  { source: 'PatchMaintenanceWindow', optIn: 'window' },
] as const;

function has(seen: SeenAlert, labels: Labels): boolean {
  return Object.entries(labels).every(([name, value]) => seen.labels[name] === value);
}

async function find(labels: Labels): Promise<SeenAlert> {
  return eventually(`${JSON.stringify(labels)} is listed`, async () =>
    (await alertmanager.alerts()).find((seen) => has(seen, labels)),
  );
}

async function isInhibited(labels: Labels): Promise<void> {
  await eventually(`${JSON.stringify(labels)} is inhibited`, async () =>
    (await find(labels)).status.inhibitedBy.length > 0 ? true : undefined,
  );
}

describe.each(RULES)('inhibition by $source', ({ source, optIn }) => {
  /** Device names differ per case, so that cases cannot help each other. */
  const device = (name: string): Labels => ({ organization: 'acme', instance: `${optIn}-${name}:9100` });
  const sourceAlert = (at: Labels): Labels => ({ alertname: source, severity: 'info', ...at });
  const target = (at: Labels, alertname = 'UsersOwn'): Labels => ({
    alertname,
    severity: 'critical',
    patch_aware: optIn,
    ...at,
  });

  /** Posts a source with a target that must be inhibited; once it is, the source is known to be in effect. */
  async function sourceInEffect(at: Labels): Promise<void> {
    await alertmanager.post([{ labels: sourceAlert(at) }, { labels: target(at, 'Control') }]);
    await isInhibited(target(at, 'Control'));
  }

  it('mutes an opted-in alert of the same device while the source fires', async () => {
    const at = device('firing');
    await sourceInEffect(at);
    await alertmanager.post([{ labels: target(at) }]);
    await isInhibited(target(at));
  });

  it('lets the alert through once the source has resolved', async () => {
    const at = device('resolved');
    await sourceInEffect(at);
    await alertmanager.post([{ labels: sourceAlert(at), endsAt: new Date(Date.now() - 1000).toISOString() }]);
    await eventually('the target is released', async () =>
      (await find(target(at, 'Control'))).status.inhibitedBy.length === 0 ? true : undefined,
    );
  });

  it.each([
    ['the same instance of another organization', { organization: 'globex' }],
    ['another instance of the same organization', { instance: 'another:9100' }],
    ['an alert whose organization is missing', { organization: '' }],
    ['an alert whose instance is missing', { instance: '' }],
    ['an alert that must never be suppressed', { patch_suppress: 'never' }],
    ['an alert that did not opt in', { patch_aware: '' }],
    ['an alert that opted in to the other kind', { patch_aware: optIn === 'down' ? 'window' : 'down' }],
  ])('does not mute %s', async (name, change) => {
    const at = device(name.replaceAll(' ', '-'));
    await sourceInEffect(at);
    // An empty label is an absent label: that is how Alertmanager reads it.
    const labels = { ...target(at, `Other ${optIn} ${name}`), ...change };
    const kept = Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
    await alertmanager.post([{ labels: kept }]);
    expect((await find({ alertname: `Other ${optIn} ${name}` })).status.inhibitedBy).toEqual([]);
  });

  it('mutes within a single company whose alerts carry no organization at all', async () => {
    await sourceInEffect({ instance: `${optIn}-single:9100` });
  });

  it('mutes nothing when the source has no instance', async () => {
    await sourceInEffect(device('beside'));
    const orphan = { organization: 'acme' };
    await alertmanager.post([{ labels: sourceAlert(orphan) }, { labels: target(orphan, `Orphan${optIn}`) }]);
    await find(sourceAlert(orphan));
    expect((await find({ alertname: `Orphan${optIn}` })).status.inhibitedBy).toEqual([]);
  });
});

describe('alerts of our own', () => {
  it.each(['HostDown', 'PostPatchRebootOverdue', 'PostPatchHealthCheckFailed'])('never mutes %s', async (alertname) => {
    const at = { organization: 'acme', instance: `own-${alertname}:9100` };
    await alertmanager.post([
      ...RULES.map(({ source }) => ({ labels: { alertname: source, severity: 'info', ...at } })),
      { labels: { alertname: 'Control', patch_aware: 'down', severity: 'critical', ...at } },
      { labels: { alertname, severity: 'critical', ...at } },
    ]);
    await isInhibited({ alertname: 'Control', ...at });
    expect((await find({ alertname, ...at })).status.inhibitedBy).toEqual([]);
  });
});
