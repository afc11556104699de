// Loaded into the exporter with --import: tells what the process used, from inside, on a port of its own.
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const server = createServer((request, response) => {
    const { user, system } = process.cpuUsage();
    const usage = {
      cpuMs: (user + system) / 1000,
      blockMs: delay.max / 1e6,
      blockP99Ms: delay.percentile(99) / 1e6,
      rssMib: process.memoryUsage.rss() / 2 ** 20,
    };
    if (request.url === '/reset') delay.reset();
    response.end(JSON.stringify(usage));
  });
  server.listen(Number(process.env.BENCH_PROBE_PORT), '127.0.0.1');
  server.unref();
}
