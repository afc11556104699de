import { setTimeout as sleep } from 'node:timers/promises';
import { deviceAt } from '../scrape/fleet.ts';
import { renderGroup } from '../scrape/push-group.ts';
import { Connection, requestHead } from './connection.ts';
import { EventSource } from './events.ts';
import type { LoadJob, LoadResult } from './job.ts';

/** The load process: one job per message, one result per answer. It ends with its parent. */
process.on('message', (job: LoadJob) => {
  void run(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());

interface Request {
  readonly head: string;
  readonly body: string;
}

let jobs = 0;

function requests({ send, token }: LoadJob): () => Request {
  jobs += 1;
  const authorization = { Authorization: `Bearer ${token}` };
  switch (send.kind) {
    case 'get': {
      const head = requestHead('GET', send.path, { ...authorization, 'Accept-Encoding': 'gzip' });
      return () => ({ head, body: '' });
    }
    case 'events': {
      const source = new EventSource(send.devices, `${String(process.pid)}-${String(jobs)}`);
      const head = requestHead('POST', '/api/v1/events', { ...authorization, 'Content-Type': 'application/json' });
      return () => ({ head, body: source.batch(send.perRequest) });
    }
    case 'push': {
      let next = 0;
      return () => {
        next = (next + 7919) % send.devices;
        return send.series === 'all' ? wholePush(next) : smallPush(next);
      };
    }
  }
}

const rendered = new Map<number, Request>();

/** Rendered once per device, so that the sender is not the limit. */
function wholePush(index: number): Request {
  const known = rendered.get(index);
  if (known !== undefined) return known;
  const { path, text } = renderGroup(deviceAt(index, 0));
  const request = { head: requestHead('PUT', path, {}), body: text };
  rendered.set(index, request);
  return request;
}

function smallPush(index: number): Request {
  return {
    head: requestHead('PUT', `/metrics/job/patch/instance/srv-${String(index)}:9182`, {}),
    body: `patch_device_last_install_timestamp_seconds ${String(Date.now() / 1000)}\npatch_device_reboot_pending 1\n`,
  };
}

async function run(job: LoadJob): Promise<LoadResult> {
  const next = requests(job);
  const connections = await Promise.all(Array.from({ length: job.connections }, () => Connection.open(job.url)));
  const latencies: number[] = [];
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const endsAt = startedAt + job.seconds * 1000;
  const work = async (connection: Connection) => {
    while (performance.now() < endsAt) {
      const { head, body } = next();
      const sentAt = performance.now();
      const answer = await connection.send(head, body);
      latencies.push(performance.now() - sentAt);
      if (answer.status >= 300 || answer.status === 207) throw new Error(`${String(answer.status)}: ${answer.body}`);
      if (job.pauseMs > 0) await sleep(job.pauseMs);
    }
  };
  await Promise.all(connections.map(work));
  const seconds = (performance.now() - startedAt) / 1000;
  for (const connection of connections) connection.close();
  const { user, system } = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? NaN;
  return {
    requests: latencies.length,
    seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    clientCpuMs: (user + system) / 1000,
  };
}
