import type { Scenario } from '../generator/scenario.ts';
import { clock, type Verdict } from '../oracle/judge.ts';
import { permissionsOf } from '../oracle/permission.ts';
import type { PlayResult } from '../simulation/result.ts';

interface Line {
  readonly at: number;
  readonly text: string;
}

/** What happened, what was told, what Patchhaven decided and who was paged, in order of time. */
export function renderTimeline(scenario: Scenario, result: PlayResult, verdict: Verdict): string {
  const lines: Line[] = [
    ...truth(scenario),
    ...scenario.faults.flatMap(({ what, from, to, isCrash, replica }) => [
      {
        at: from,
        text: `FAULT ${what}${what === 'exporter' ? ` ${String(replica)}` : ''} ${isCrash ? 'crashes' : 'stops'}`,
      },
      { at: to, text: `FAULT ${what} is back` },
    ]),
    ...scenario.cancellations.map(({ at, device }) => ({ at, text: `operator ends the window of device ${device}` })),
    ...result.notes,
    ...result.notifications
      .filter(({ receiver }) => receiver === 'pagerduty')
      .map(({ atMs, groupLabels, firing }) => ({
        at: atMs / 1000,
        text: `${firing.length > 0 ? 'PAGE' : 'RESOLVE'} ${groupLabels.toString()}`,
      })),
    ...verdict.findings.map(({ at, kind, device, text }) => ({ at, text: `>>> ${kind}: device ${device}, ${text}` })),
  ];
  const sorted = lines.filter(({ at }) => at < Infinity).sort((left, right) => left.at - right.at);
  const head = `seed ${String(scenario.seed)}, scenario ${String(scenario.index)}: budget ${String(scenario.budgetSeconds / 60)} min, ${String(scenario.replicas)} replica(s)${scenario.ownAlerts ? ', own alerts' : ''}`;
  return [head, ...sorted.map(({ at, text }) => `${clock(at)}  ${text}`)].join('\n');
}

function truth(scenario: Scenario): Line[] {
  const name = new Map(
    scenario.devices.map(({ id, organization, instance }) => [id, `${id} (${organization}/${instance})`]),
  );
  const outages = scenario.devices.flatMap((device) => {
    const permissions = permissionsOf(scenario, device);
    return device.outages.flatMap((outage, index) => {
      const who = name.get(device.id) ?? '';
      const permission = permissions[index];
      const law = `silence: ${permission?.granted ?? ''} until ${clock(permission?.deadline.from ?? 0)}`;
      return [
        { at: outage.downAt, text: `DOWN ${who}, ${outage.cause}, ${device.story}; ${law}` },
        ...outage.answers.flatMap(({ from, to }) => [
          { at: from, text: `up for a moment ${who}` },
          { at: to, text: `down again ${who}` },
        ]),
        { at: outage.upAt, text: `UP ${who}${device.unhealthy?.from === outage.upAt ? ', service dead' : ''}` },
      ];
    });
  });
  const told = scenario.deliveries.map(({ at, device, route, event, forgery }) => ({
    at,
    text: `told by ${route}: ${event.type} of ${name.get(device) ?? ''} dated ${clock(event.occurredAt)}${forgery === undefined ? '' : ` FORGED (${forgery})`}`,
  }));
  return [...outages, ...told];
}
