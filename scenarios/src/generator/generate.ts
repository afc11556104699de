import { DeviceDraft } from './draft.ts';
import { disturbNews, drawFault, forge } from './disturb.ts';
import { Random } from './random.ts';
import type { Fault, Scenario, Span } from './scenario.ts';
import { capExhaustion, stories, type Story } from './stories.ts';

const minute = 60;
/** A Tuesday evening, on a whole minute. */
const epoch = 1_786_485_600;
/** Quiet time after the last thing that happened: every page must have its resolve by then. */
const afterglowSeconds = 16 * minute;

/** The scenario with this seed and index; a pure function of the two. */
export function generateScenario(seed: number, index: number): Scenario {
  const random = new Random(seed, index);
  const startAt = epoch + index * minute + random.integer(0, 59);
  const budgetSeconds = random.pick([10, 15, 20, 30]) * minute;
  const isCapNight = random.chance(0.08);
  const replicas = random.chance(0.2) ? 2 : 1;
  const ownAlerts = random.chance(0.15);
  const night: Span = { from: startAt + 8 * minute, to: startAt + 55 * minute };

  const drafts = drawFleet(random, budgetSeconds, startAt);
  for (const draft of drafts) {
    const [name, story] = isCapNight ? (['daily cap', capExhaustion] as const) : drawStory(random);
    tellStory(draft, name, story, random.between(startAt + 12 * minute, night.to), ownAlerts);
  }
  if (random.chance(0.15)) networkOutage(random, drafts, night);
  const cancellations = drafts.flatMap(({ device }) => {
    const downAt = device.outages[0]?.downAt;
    if (downAt === undefined || !random.chance(0.05)) return [];
    return [{ at: downAt + random.between(3.5, budgetSeconds / minute - 1) * minute, device: device.id }];
  });
  const faults = drawFaults(random, night, replicas, ownAlerts);
  const devices = drafts.map(({ device }) => device);
  const ends = devices.flatMap((device) => [...device.outages.map(({ upAt }) => upAt), device.unhealthy?.to ?? 0]);
  const faultEnds = faults.map(({ to }) => (to === Infinity ? 0 : to));
  const endAt = Math.ceil(Math.max(night.to, ...ends, ...faultEnds) + afterglowSeconds);
  return {
    seed,
    index,
    startAt,
    endAt,
    budgetSeconds,
    dailyCapSeconds: isCapNight ? 1.75 * budgetSeconds : 4 * 60 * minute,
    night: { from: startAt + 5 * minute, to: endAt - afterglowSeconds },
    devices,
    deliveries: drafts.flatMap(({ deliveries }) => deliveries).sort((left, right) => left.at - right.at),
    faults,
    cancellations,
    replicas,
    ownAlerts,
  };
}

/** 5 to 30 devices, small fleets more often; the same instance name in two organizations in every second fleet. */
function drawFleet(random: Random, budgetSeconds: number, startAt: number): DeviceDraft[] {
  const size = Math.round(5 + 25 * random.next() ** 3);
  const organizations = ['acme', 'brick', 'corvid'].slice(0, random.integer(1, 3));
  const sharesNames = organizations.length > 1 && random.chance(0.5);
  return Array.from({ length: size }, (_, number) => {
    const organization = organizations[number % organizations.length] ?? 'acme';
    const name = sharesNames && number < 2 ? 'dc01' : `host-${String(number)}`;
    return new DeviceDraft({
      random,
      id: String(number),
      organization,
      instance: `${name}:9100`,
      budgetSeconds,
      startAt,
    });
  });
}

function drawStory(random: Random): readonly [string, Story] {
  const name = random.weighted(Object.entries(stories).map(([key, [, weight]]) => [key, weight] as const)) ?? '';
  return [name, stories[name]?.[0] ?? (() => undefined)];
}

function tellStory(draft: DeviceDraft, name: string, story: Story, at: number, ownAlerts: boolean): void {
  const { random, device } = draft;
  if (random.chance(0.15)) draft.skewSeconds = random.pick([-90, -20, -3, 3, 20, 120]);
  story(draft, at);
  device.story = name;
  if (draft.skewSeconds !== 0) device.story += `, clock ${String(draft.skewSeconds)} s off`;
  device.story += disturbNews(draft);
  if (random.chance(0.15)) {
    forge(draft);
    device.story += ', with a forged event';
  }
  if (!device.instance.startsWith('dc01') && random.chance(0.06)) {
    device.isMislabelled = true;
    device.story += ', mislabelled';
  }
  if (ownAlerts && random.chance(0.2)) {
    device.isVital = true;
    device.story += ', patch_suppress="never"';
  }
}

/** Every device of one organization loses its network at once, unless it is down or about to be. */
function networkOutage(random: Random, drafts: readonly DeviceDraft[], night: Span): void {
  const organization = drafts[0]?.device.organization;
  const downAt = random.between(night.from, night.to);
  const upAt = downAt + random.between(6, 20) * minute;
  for (const draft of drafts) {
    const { device } = draft;
    const isFree = device.outages.every(
      (outage) => outage.upAt < downAt - 15 * minute || outage.downAt > upAt + 15 * minute,
    );
    const ails = device.unhealthy !== undefined && device.unhealthy.from < upAt + 15 * minute;
    if (device.organization !== organization || !isFree || ails) continue;
    draft.outage(downAt, upAt, 'fault', { boots: false });
    device.outages.sort((left, right) => left.downAt - right.downAt);
    device.story += ', network outage';
  }
}

/** At most one fault of each program, so that what each of them costs can be told apart. */
function drawFaults(random: Random, night: Span, replicas: number, ownAlerts: boolean): Fault[] {
  const drawn = Array.from({ length: random.integer(0, 2) }, () => drawFault(random, night, replicas));
  return drawn.filter((fault, index) => {
    const isFirst = drawn.findIndex(({ what }) => what === fault.what) === index;
    // Inhibition of the users' own alerts leaks at a restart of Alertmanager: a limit that is documented.
    return isFirst && !(ownAlerts && (fault.what === 'alertmanager' || fault.what === 'prometheus'));
  });
}
