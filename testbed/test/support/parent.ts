import { startPushgateway } from '../../src/pushgateway.ts';

/** Starts a child, reports it on stdout, then ends as its first argument says. */
const gateway = await startPushgateway();
process.stdout.write(`${JSON.stringify({ pid: gateway.pid(), logFile: gateway.logFile })}\n`);
switch (process.argv[2]) {
  case 'exit':
    process.exit(0);
    break;
  case 'throw':
    setTimeout(() => {
      throw new Error('uncaught');
    });
    break;
  default:
    setInterval(() => undefined, 1000);
}
