import type { UnixSeconds } from '../../../exporter/src/domain/time.ts';
import type { DeviceDraft } from './draft.ts';
import type { Random } from './random.ts';
import type { Delivery, Fault } from './scenario.ts';

const minute = 60;

/** What may go wrong with the news about a device, each with its weight. Applied to its deliveries. */
const newsTroubles: readonly (readonly [string, number])[] = [
  ['none', 10],
  ['late, before the alert fires', 1.5],
  ['late, after the alert fired', 1.5],
  ['lost', 1.2],
  ['twice', 1.2],
  ['out of order', 1.2],
];

/** Delays, loses, repeats or shuffles the news; returns the words for the story's name. */
export function disturbNews(draft: DeviceDraft): string {
  const trouble = draft.random.weighted(newsTroubles) ?? 'none';
  const { deliveries, random } = draft;
  const downAt = draft.device.outages[0]?.downAt;
  // What a person does by hand is done when it is done.
  const byHand = deliveries.some(({ route }) => route === 'operator');
  if (trouble === 'none' || byHand || deliveries.length === 0 || downAt === undefined) return '';
  const moveTo = (at: () => UnixSeconds): void => {
    deliveries.forEach((delivery, index) => {
      deliveries[index] = { ...delivery, at: Math.max(delivery.at, at()) };
    });
  };
  if (trouble === 'lost') deliveries.length = 0;
  if (trouble === 'late, before the alert fires') moveTo(() => downAt + random.between(2, 50));
  if (trouble === 'late, after the alert fired') moveTo(() => downAt + random.between(4, 12) * minute);
  if (trouble === 'twice')
    deliveries.push(...deliveries.map((told) => ({ ...told, at: told.at + random.between(1, 400) })));
  if (trouble === 'out of order') swapArrivals(deliveries);
  return `, news ${trouble}`;
}

function swapArrivals(deliveries: Delivery[]): void {
  const times = deliveries.map(({ at }) => at).reverse();
  deliveries.forEach((delivery, index) => {
    deliveries[index] = { ...delivery, at: Math.max(times[index] ?? delivery.at, delivery.event.occurredAt) };
  });
}

/** Somebody claims a patch to hide an outage; each of these must be refused. */
export function forge(draft: DeviceDraft): void {
  const downAt = draft.device.outages[0]?.downAt;
  if (downAt === undefined) return;
  const forgery = draft.random.pick<NonNullable<Delivery['forgery']>>([
    'unauthenticated',
    'other_organization',
    'future',
    'endless',
  ]);
  const occurredAt = forgery === 'future' ? downAt + 40 * minute : downAt - 3 * minute;
  draft.deliveries.push({
    at: downAt - draft.random.between(10, 120),
    route: 'api',
    id: `forged/${draft.device.id}`,
    device: draft.device.id,
    event:
      forgery === 'endless'
        ? { type: 'maintenance.planned', data: endlessPlan(downAt), occurredAt }
        : { type: 'patch.installed', data: { patches: [] }, occurredAt },
    forgery,
  });
}

function endlessPlan(downAt: UnixSeconds) {
  const [start, end] = [downAt - 60 * minute, downAt + 365 * 24 * 60 * minute];
  return { id: 'forever', start, end, reason: 'always', owner: 'script' };
}

const faultKinds: readonly (readonly [string, number])[] = [
  ['exporter restart', 3],
  ['exporter death', 1],
  ['prometheus restart', 2],
  ['prometheus stop', 0.7],
  ['alertmanager restart', 2],
  ['alertmanager crash', 1],
  ['rmm down', 2],
];

/** A program that stops at a random moment of the night. */
export function drawFault(random: Random, night: { from: UnixSeconds; to: UnixSeconds }, replicas: number): Fault {
  const kind = random.weighted(faultKinds) ?? '';
  const from = random.between(night.from, night.to);
  const fault = (what: Fault['what'], seconds: number, isCrash = false): Fault => {
    return { what, from, to: from + seconds, isCrash, replica: random.integer(0, replicas - 1) };
  };
  switch (kind) {
    case 'exporter restart':
      return fault('exporter', random.between(5, 240));
    case 'exporter death':
      return fault('exporter', Infinity);
    case 'prometheus restart':
      return fault('prometheus', random.between(15, 120));
    case 'prometheus stop':
      return fault('prometheus', random.between(11, 15) * minute);
    case 'alertmanager restart':
      return fault('alertmanager', random.between(5, 120));
    case 'alertmanager crash':
      return fault('alertmanager', random.between(5, 60), true);
    default:
      return fault('rmm', random.between(4, 40) * minute);
  }
}
