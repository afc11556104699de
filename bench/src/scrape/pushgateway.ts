import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { DeviceView } from '../../../exporter/src/fleet/fleet-view.ts';
import { startPushgateway } from '../../../testbed/src/pushgateway.ts';
import type { Driven } from './child-server.ts';
import { readMemory } from './contestant.ts';
import { FleetVersions } from './fleet.ts';
import { renderGroup } from './push-group.ts';

const connections = 4;
/** Linux counts a process' CPU in these. */
const msPerTick = 10;

/** One group per device, as one would push from hosts; its consistency check, linear in the groups, is off. */
export async function startPushgatewayContestant(devices: number): Promise<Driven> {
  const server = await startPushgateway({ flags: ['--push.disable-consistency-check'] });
  const fleet = new FleetVersions(devices);
  await pushAll(server.url, fleet.all());
  const pid = server.pid() ?? 0;
  return {
    name: 'pushgateway',
    metricsUrl: `${server.url}/metrics`,
    poll: async (share) => {
      const startedAt = performance.now();
      await pushAll(server.url, fleet.poll(share));
      return performance.now() - startedAt;
    },
    usage: () => Promise.resolve({ cpuMs: readCpuMs(pid), blockMs: NaN, ...readMemory(pid) }),
    stop: () => server.stop(),
  };
}

function readCpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}

async function pushAll(url: string, views: Iterable<DeviceView>): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const queue = views[Symbol.iterator]();
  const worker = async () => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await push(agent, url, next.value);
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
}

function push(agent: Agent, url: string, view: DeviceView): Promise<void> {
  const { path, text } = renderGroup(view);
  return new Promise((resolve, reject) => {
    request(url + path, { method: 'PUT', agent }, (response) => {
      response.resume().once('end', () => {
        // 202: taken, but not checked against the other groups.
        if (response.statusCode === 202) resolve();
        else reject(new Error(`pushgateway answered ${String(response.statusCode)}`));
      });
    })
      .once('error', reject)
      .end(text);
  });
}
