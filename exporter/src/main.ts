#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { openConfiguredStore, serve, sourceSchemas } from './app/serve.ts';
import { runCli, type Commands, type RemoteFlags, type ServeFlags } from './cli.ts';
import { audit } from './commands/audit.ts';
import { systemSleep } from './connectors/sleep.ts';
import { checkConfig } from './commands/check-config.ts';
import { postEvent } from './commands/event.ts';
import { explain } from './commands/explain.ts';
import { placeOrder, systemOrderDeps } from './commands/order.ts';
import { rebuild } from './commands/rebuild.ts';
import { createRemote } from './commands/remote.ts';
import { token } from './commands/token.ts';
import { withTokens } from './commands/with-tokens.ts';
import { loadConfig } from './config/load.ts';
import { ConfigError } from './config/problem.ts';
import { StoreError } from './domain/errors.ts';
import { systemClock } from './domain/time.ts';
import { createLog } from './log.ts';
import type { PatchStore } from './store/patch-store.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const env = process.env;
const io = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
  version,
};

const load = (file: string) => loadConfig(file, { sourceSchemas, env });
const remote = ({ url, tokenFile }: RemoteFlags) => createRemote({ url, tokenFile, env });
const openStoreOf = ({ configFile }: ServeFlags) => openConfiguredStore(load(configFile));

async function runExporter(flags: ServeFlags): Promise<number> {
  const log = createLog({ level: flags.logLevel, format: flags.logFormat });
  const exporter = await serve({ ...flags, env, clock: systemClock, log, version });
  process.on('SIGHUP', () => void exporter.reload());
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  const failed = exporter.ready.then(
    () => new Promise<never>(() => undefined),
    () => true,
  );
  const hasFailed = await Promise.race([stopped.then(() => false), failed]);
  await exporter.close();
  return hasFailed ? 1 : 0;
}

/** For commands that work on the store itself: one writer at a time, so not while an exporter holds a SQLite file. */
async function withStore(flags: ServeFlags, work: (store: PatchStore) => Promise<number>): Promise<number> {
  const store = await openStoreOf(flags);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const commands: Commands = {
  serve: runExporter,
  checkConfig: (flags) => Promise.resolve(checkConfig(flags.configFile, () => load(flags.configFile), io)),
  rebuild: (flags) => withStore(flags, (store) => rebuild(store, systemClock, io)),
  token: ({ url, tokenFile, ...flags }, action) =>
    withTokens(
      { openStore: () => openStoreOf(flags), remote: { url, tokenFile, env }, clock: systemClock },
      (tokens) => token(tokens, action, systemClock, io),
      io,
    ),
  audit: (flags, options) => audit(options, { remote: remote(flags), clock: systemClock, sleep: systemSleep, io }),
  explain: (flags, device) => explain(remote(flags), device, io),
  event: (flags, fields) => postEvent(remote(flags), fields, systemClock, io),
  order: (flags, fields) => placeOrder(remote(flags), fields, { io, ...systemOrderDeps }),
};

try {
  process.exitCode = await runCli(process.argv.slice(2), commands, io);
} catch (error) {
  if (!(error instanceof ConfigError) && !(error instanceof StoreError)) throw error;
  // A configuration's problems stand alone, as file:line, for editors to jump to.
  io.err(error instanceof StoreError ? `patchhaven: ${error.message}\n` : `${error.message}\n`);
  process.exitCode = 1;
}
