import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type Grouping, groupings, type Sla, type Trouble, troubles } from './domain/audit.ts';
import { defaultSla, parseSla } from './config/sla.ts';
import { type LogFormat, type LogLevel, logFormats, logLevels } from './log.ts';

/** What every command that starts from the configuration needs. */
export interface ServeFlags {
  readonly configFile: string;
  readonly listenAddresses: readonly string[];
  readonly webConfigFile: string | undefined;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** How to reach a running exporter. The token comes from `--token-file` or PATCHHAVEN_TOKEN, never from a flag. */
export interface RemoteFlags {
  readonly url: string;
  readonly tokenFile: string | undefined;
}

export interface AuditOptions {
  readonly format: 'table' | 'json' | 'csv';
  readonly organization: string | undefined;
  readonly sla: Sla;
  /** What counts as a finding; `unknown` is always told. */
  readonly findings: ReadonlySet<Trouble>;
  readonly by: Grouping | undefined;
  readonly kevFile: string | undefined;
  readonly kevMapFile: string | undefined;
  readonly thisHost: boolean;
  /** For this host: what its agent wrote; undefined = the agent is run. */
  readonly textfile: string | undefined;
  readonly agent: string | undefined;
}

/** The commands; each returns the exit status. main wires the real ones, tests record the calls. */
export interface Commands {
  serve(flags: ServeFlags): Promise<number>;
  checkConfig(flags: ServeFlags): Promise<number>;
  rebuild(flags: ServeFlags): Promise<number>;
  token(flags: ServeFlags & RemoteFlags, action: TokenAction): Promise<number>;
  audit(flags: RemoteFlags, options: AuditOptions): Promise<number>;
  explain(flags: RemoteFlags, device: string): Promise<number>;
  event(flags: RemoteFlags, fields: EventFields): Promise<number>;
  order(flags: RemoteFlags, fields: OrderFields): Promise<number>;
}

/** An order as the API takes it, and how long to wait for its outcome; absent: not at all. */
export type OrderFields = {
  readonly device: string;
  readonly reason: string;
  readonly id: string | undefined;
  readonly waitSeconds: number | undefined;
} & (
  | { readonly action: 'reboot'; readonly mode: 'normal' | 'forced' }
  | { readonly action: 'script'; readonly script: string; readonly arguments: readonly string[] }
  | { readonly action: 'maintenance'; readonly until: string }
  | { readonly action: 'maintenance_end' }
);

export type TokenAction =
  | {
      readonly action: 'create';
      readonly name: string;
      readonly role: string;
      /** Empty: every organization. */
      readonly organizations: readonly string[];
      readonly expires: string | undefined;
    }
  | { readonly action: 'list' }
  | { readonly action: 'revoke'; readonly id: string };

export interface EventFields {
  readonly type: string;
  readonly device: string | undefined;
  readonly instance: string | undefined;
  readonly hostName: string | undefined;
  readonly organization: string | undefined;
  readonly at: string | undefined;
  readonly patches: readonly string[];
  readonly id: string | undefined;
}

export interface CliIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly version: string;
}

export const defaultListenAddress = '127.0.0.1:9725';
const defaultUrl = `http://${defaultListenAddress}`;

const usageText = `usage: patchhaven <command> [flags]

commands
  serve                    run the exporter (default)
  check-config             check the configuration and exit: 0 good, 1 bad
  audit                    what is missing, failed, behind or waiting: 0 clean, 1 findings, 3 could not tell
  explain <device>         why a device is muted or not
  event <type>             post one event, for scripts
  order <device> <action>  reboot, script, maintenance, maintenance-end: from the RMM; 0 taken, 1 refused or failed,
                           2 could not be ordered, 3 not known
  token create|list|revoke API tokens: in the store, or, while an exporter holds it, through that exporter
  rebuild                  forget saved states: the next start folds the whole log again

flags of serve, check-config, token, rebuild
  --config.file=patchhaven.yaml     configuration
  --web.listen-address=${defaultListenAddress}  may be repeated
  --web.config.file=                TLS and basic authentication, exporter-toolkit format
  --log.level=info                  ${logLevels.join(', ')}
  --log.format=json                 ${logFormats.join(', ')}
  --check-config                    the same as the command

flags of audit, explain, event, order; of token while an exporter runs
  --url=${defaultUrl}       a running exporter
  --token-file=                     its token; default: environment PATCHHAVEN_TOKEN

  audit   --format=table|json|csv  --organization=  --by=organization|site|group  --sla=critical=14d,important=30d
          --kev=FILE (exploited CVEs, CISA's JSON)  --kev-map=FILE (update id: CVE ids)
          --findings=exploited,failed,overdue,restart,missing (what counts; default all)
          --this-host  --textfile=FILE | --agent=FILE: this machine by its agent, without an exporter
  event   --device= | --instance= | --host-name=  --organization=  --at=  --patch= (may be repeated)  --id=
  order   --reason=  --mode=normal|forced | --script= --argument= (may be repeated) | --until=  --wait (for the outcome,
          up to 15 min)  --id= (the same one is never sent twice)
  token   create --name= --role=viewer|reporter|operator|admin [--organization= …] [--expires=90d]
          revoke <id>

  --version, --help
`;

const options = {
  'config.file': { type: 'string', default: 'patchhaven.yaml' },
  'web.listen-address': { type: 'string', multiple: true, default: [defaultListenAddress] },
  'web.config.file': { type: 'string' },
  'log.level': { type: 'string', default: 'info' },
  'log.format': { type: 'string', default: 'json' },
  'check-config': { type: 'boolean', default: false },
  version: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  url: { type: 'string', default: defaultUrl },
  'token-file': { type: 'string' },
  format: { type: 'string', default: 'table' },
  organization: { type: 'string', multiple: true, default: [] },
  sla: { type: 'string', default: defaultSla },
  findings: { type: 'string' },
  by: { type: 'string' },
  kev: { type: 'string' },
  'kev-map': { type: 'string' },
  'this-host': { type: 'boolean', default: false },
  textfile: { type: 'string' },
  agent: { type: 'string' },
  device: { type: 'string' },
  instance: { type: 'string' },
  'host-name': { type: 'string' },
  at: { type: 'string' },
  patch: { type: 'string', multiple: true, default: [] },
  id: { type: 'string' },
  name: { type: 'string' },
  role: { type: 'string' },
  expires: { type: 'string' },
  reason: { type: 'string' },
  mode: { type: 'string', default: 'normal' },
  script: { type: 'string' },
  argument: { type: 'string', multiple: true, default: [] },
  until: { type: 'string' },
  wait: { type: 'boolean', default: false },
} as const satisfies NonNullable<ParseArgsConfig['options']>;

class UsageError extends Error {}

type Values = ReturnType<typeof parse>['values'];

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
}

/** Parses the command line and calls the command. 2 for a command line that makes no sense. */
export async function runCli(args: readonly string[], commands: Commands, io: CliIo): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    if (values.help) {
      io.out(usageText);
      return 0;
    }
    if (values.version) {
      io.out(`patchhaven ${io.version}\n`);
      return 0;
    }
    return await dispatch(values, positionals, commands);
  } catch (error) {
    if (!isUsageError(error)) throw error;
    io.err(`patchhaven: ${error.message}\nTry patchhaven --help.\n`);
    return 2;
  }
}

function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

function dispatch(values: Values, positionals: readonly string[], commands: Commands): Promise<number> {
  const [command = 'serve', ...rest] = positionals;
  const [first] = rest;
  const remote = { url: values.url.replace(/\/+$/, ''), tokenFile: values['token-file'] };
  const expects = (count: number): void => {
    if (rest.length > count) throw new UsageError(`"${rest[count] ?? ''}" is too much for ${command}`);
  };
  switch (command) {
    case 'serve':
      expects(0);
      return values['check-config'] ? commands.checkConfig(serveFlags(values)) : commands.serve(serveFlags(values));
    case 'check-config':
      expects(0);
      return commands.checkConfig(serveFlags(values));
    case 'rebuild':
      expects(0);
      return commands.rebuild(serveFlags(values));
    case 'token':
      expects(2);
      return commands.token({ ...serveFlags(values), ...remote }, tokenAction(values, rest));
    case 'audit':
      expects(0);
      return commands.audit(remote, auditOptions(values));
    case 'explain':
      expects(1);
      return commands.explain(remote, need(first, 'which device?'));
    case 'event':
      expects(1);
      return commands.event(remote, eventFields(values, need(first, 'which type of event?')));
    case 'order':
      expects(2);
      return commands.order(remote, orderFields(values, rest));
    default:
      throw new UsageError(`"${command}" is not a command`);
  }
}

function serveFlags(values: Values): ServeFlags {
  return {
    configFile: values['config.file'],
    listenAddresses: values['web.listen-address'],
    webConfigFile: values['web.config.file'],
    logLevel: oneOf('log.level', values['log.level'], logLevels),
    logFormat: oneOf('log.format', values['log.format'], logFormats),
  };
}

function auditOptions(values: Values): AuditOptions {
  const sla = parseSla(values.sla);
  if (sla === undefined) throw new UsageError('--sla is a list such as critical=14d,important=30d');
  const { kev, textfile, agent } = values;
  const thisHost = values['this-host'];
  if (values['kev-map'] !== undefined && kev === undefined) throw new UsageError('--kev-map needs --kev');
  if (!thisHost && (textfile ?? agent) !== undefined) throw new UsageError('--textfile and --agent need --this-host');
  if (textfile !== undefined && agent !== undefined) throw new UsageError('give --textfile or --agent, not both');
  if (thisHost && (values.by ?? values.organization[0]) !== undefined)
    throw new UsageError('--this-host is one machine: it has no --by and no --organization');
  if (values.organization.length > 1) throw new UsageError('audit takes one --organization');
  const named = values.findings?.split(',').map((word) => oneOf('findings', word.trim(), troubles));
  // Without the list nothing is known to be exploited, and the audit would pass for that alone.
  if (named?.includes('exploited') === true && kev === undefined)
    throw new UsageError('--findings=exploited needs --kev');
  return {
    format: oneOf('format', values.format, ['table', 'json', 'csv']),
    organization: values.organization[0],
    sla,
    findings: new Set([...(named ?? troubles), 'unknown']),
    by: values.by === undefined ? undefined : oneOf('by', values.by, groupings),
    kevFile: kev,
    kevMapFile: values['kev-map'],
    thisHost,
    textfile,
    agent,
  };
}

function tokenAction(values: Values, [action, id]: readonly string[]): TokenAction {
  if (action === 'list') return { action };
  if (action === 'revoke') return { action, id: need(id, 'which token? See token list.') };
  if (action !== 'create') throw new UsageError('token needs create, list or revoke');
  return {
    action,
    name: need(values.name, 'a token needs --name'),
    role: need(values.role, 'a token needs --role'),
    organizations: values.organization,
    expires: values.expires,
  };
}

function eventFields(values: Values, type: string): EventFields {
  return {
    type,
    device: values.device,
    instance: values.instance,
    hostName: values['host-name'],
    organization: values.organization[0],
    at: values.at,
    patches: values.patch,
    id: values.id,
  };
}

const waitSeconds = 900;

function orderFields(values: Values, [device, action]: readonly string[]): OrderFields {
  const common = {
    device: need(device, 'which device?'),
    reason: need(values.reason, 'an order needs --reason'),
    id: values.id,
    waitSeconds: values.wait ? waitSeconds : undefined,
  };
  switch (action) {
    case 'reboot':
      return { ...common, action, mode: oneOf('mode', values.mode, ['normal', 'forced']) };
    case 'script':
      return { ...common, action, script: need(values.script, 'which --script?'), arguments: values.argument };
    case 'maintenance':
      return { ...common, action, until: need(values.until, 'maintenance needs --until, an RFC 3339 time') };
    case 'maintenance-end':
      return { ...common, action: 'maintenance_end' };
    default:
      throw new UsageError('order needs reboot, script, maintenance or maintenance-end');
  }
}

function need(value: string | undefined, message: string): string {
  if (value === undefined || value === '') throw new UsageError(message);
  return value;
}

function oneOf<const T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`--${flag} is one of ${allowed.join(', ')}`);
  return found;
}
