import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createSimulator, DEFAULT_CLIENT } from './simulator.ts';

const USAGE = `usage: ninjaone-simulator [flags]
  --listen HOST:PORT      127.0.0.1:0 by default; port 0 takes a free one
  --devices N             50
  --organizations M       3
  --seed S                1
  --client-id ID          ${DEFAULT_CLIENT.id}
  --client-secret SECRET  ${DEFAULT_CLIENT.secret}
  --time-scale X          1; 10 plays patch nights ten times faster
  --named FILE            JSON list of {systemName, nodeClass?, organizationIndex?, tags?, ipAddresses?}
  --control-api           serves /_sim to loopback callers
  --log-level LEVEL       silent, info (default) or debug (every request)`;

const Named = z.array(
  z.strictObject({
    systemName: z.string(),
    nodeClass: z.enum(['WINDOWS_SERVER', 'WINDOWS_WORKSTATION', 'LINUX_SERVER', 'LINUX_WORKSTATION', 'MAC']).optional(),
    organizationIndex: z.int().nonnegative().optional(),
    tags: z.array(z.string()).optional(),
    ipAddresses: z.array(z.string()).optional(),
  }),
);

const count = (fallback: number, minimum = 0) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .default(String(fallback))
    .transform(Number)
    .pipe(z.number().min(minimum));

const Flags = z.object({
  listen: z
    .string()
    .regex(/^.+:\d+$/, 'must be HOST:PORT')
    .default('127.0.0.1:0'),
  devices: count(50),
  organizations: count(3, 1),
  seed: count(1),
  'client-id': z.string().default(DEFAULT_CLIENT.id),
  'client-secret': z.string().default(DEFAULT_CLIENT.secret),
  'time-scale': z.string().default('1').transform(Number).pipe(z.number().positive()),
  named: z.string().optional(),
  'control-api': z.boolean().default(false),
  'log-level': z.enum(['silent', 'info', 'debug']).default('info'),
});

function readFlags(): z.infer<typeof Flags> | undefined {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      listen: string,
      devices: string,
      organizations: string,
      seed: string,
      'client-id': string,
      'client-secret': string,
      'time-scale': string,
      named: string,
      'control-api': { type: 'boolean' },
      'log-level': string,
      help: { type: 'boolean' },
    },
  });
  return values.help === true ? undefined : Flags.parse(values);
}

async function run(flags: z.infer<typeof Flags>): Promise<void> {
  const debug = flags['log-level'] === 'debug';
  const named = flags.named === undefined ? [] : Named.parse(JSON.parse(readFileSync(flags.named, 'utf8')));
  const simulator = createSimulator({
    seed: flags.seed,
    devices: flags.devices,
    organizations: flags.organizations,
    timeScale: flags['time-scale'],
    controlApi: flags['control-api'],
    clients: [{ ...DEFAULT_CLIENT, id: flags['client-id'], secret: flags['client-secret'] }],
    named,
    onRequest: (method, path, status) => {
      if (debug) console.log(`${String(status)} ${method} ${path}`);
    },
  });
  const separator = flags.listen.lastIndexOf(':');
  const running = await simulator.listen(Number(flags.listen.slice(separator + 1)), flags.listen.slice(0, separator));
  if (flags['log-level'] !== 'silent') console.log(`listening on ${running.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void running.close());
}

try {
  const flags = readFlags();
  if (flags === undefined) console.log(USAGE);
  else await run(flags);
} catch (error) {
  console.error(error instanceof z.ZodError ? z.prettifyError(error) : String(error));
  console.error(USAGE);
  process.exitCode = 2;
}
