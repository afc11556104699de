import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
export const logFormats = ['json', 'logfmt'] as const;
export type LogFormat = (typeof logFormats)[number];

interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Default: standard error, so that commands keep standard output for their answer. */
  readonly destination?: DestinationStream;
}

/** Names of fields that may hold a credential, wherever an object carries them. */
const secretFields = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'client_secret',
  'clientSecret',
  'token',
  'x-grafana-id',
];
const redactPaths = secretFields.flatMap((field) => {
  const key = field.includes('-') ? `["${field}"]` : field;
  const nested = field.includes('-') ? `*${key}` : `*.${key}`;
  return [key, nested, `req.headers${field.includes('-') ? key : `.${key}`}`];
});

/** Fixed messages, values as fields. error = our bug, warn = look at it some time, info = what the operator configured. */
export function createLog({ level, format, destination = pino.destination(2) }: LogOptions): Logger {
  return pino(
    {
      level,
      base: null,
      messageKey: 'msg',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactPaths, censor: '<secret>' },
    },
    format === 'json' ? destination : { write: (line: string) => void destination.write(toLogfmt(line)) },
  );
}

/** One JSON line as `key=value` pairs, in the way of Prometheus' programs. */
export function toLogfmt(line: string): string {
  const fields = JSON.parse(line) as Record<string, unknown>;
  const pairs = Object.entries(fields).map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${key}=${/^[^\s"=\\]+$/.test(text) ? text : JSON.stringify(text)}`;
  });
  return `${pairs.join(' ')}\n`;
}
