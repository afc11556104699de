import { parseArgs } from 'node:util';
import pino from 'pino';
import { serve } from './app/serve.ts';
import { systemClock } from './domain/time.ts';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    'config.file': { type: 'string', default: 'patchhaven.yaml' },
    'web.listen-address': { type: 'string', multiple: true, default: ['127.0.0.1:9725'] },
    'log.level': { type: 'string', default: 'info' },
  },
});
const log = pino({ level: values['log.level'] });
const exporter = await serve({
  configFile: values['config.file'],
  listenAddresses: values['web.listen-address'],
  env: process.env,
  clock: systemClock,
  log,
  version: '0.1.0',
});
const stop = (): void => {
  void exporter.close().then(() => process.exit(0));
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
process.on('SIGHUP', () => void exporter.reload());
