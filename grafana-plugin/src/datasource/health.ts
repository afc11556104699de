import type { TestDataSourceResponse } from '@grafana/data';
import type { ExporterClient } from '../shared/api/client';
import { ExporterError } from '../shared/api/exporter-error';
import type { ApiStatus } from '../shared/api/types';
import { formatDuration } from '../shared/format/duration';

/** Oldest exporter whose answers this plugin reads whole. */
export const minExporterVersion = '0.1.0';
/** The exporter refuses events that lie further ahead than this. */
const badSkewMs = 5 * 60_000;
/** Below this nobody notices; the answer itself takes a moment. */
const smallSkewMs = 30_000;

/** Says what is wrong with the settings of a data source, one thing at a time, the first that stands in the way. */
export async function testExporter(client: ExporterClient, now: () => number): Promise<TestDataSourceResponse> {
  const sentAt = now();
  try {
    const { data, serverDateMs } = await client.read('/status');
    if (!isStatus(data)) {
      return failed('What answers is not a Patchhaven exporter. Check the URL, it is like http://exporter:9725.');
    }
    const at = Date.parse(data.now);
    return judge(data, (Number.isNaN(at) ? (serverDateMs ?? now()) : at) - (sentAt + now()) / 2);
  } catch (error) {
    return explain(error, client);
  }
}

/** @param skewMs how far the exporter's clock is ahead of this browser's. */
export function judge(status: ApiStatus, skewMs: number): TestDataSourceResponse {
  const { version, caller } = status;
  if (compareVersions(version, minExporterVersion) < 0) {
    return tooOld(version);
  }
  if (caller.organizations !== 'all' && caller.organizations.length === 0) {
    return failed(
      'You may see no organization: the token and your Grafana organization have none in common.',
      "Compare the organizations of the token with api.grafana.organizations in the exporter's configuration.",
    );
  }
  if (Math.abs(skewMs) > badSkewMs) {
    return failed(
      skewSentence(skewMs),
      'Evidence is dated: with a wrong clock reboots are not recognised. Check NTP on both.',
    );
  }
  const hints = [...(Math.abs(skewMs) > smallSkewMs ? [skewSentence(skewMs)] : []), ...roleHints(caller)];
  return {
    status: 'success',
    message: `Patchhaven ${version} answers. You see ${scopeText(caller.organizations)} as ${caller.role}.`,
    details: hints.length === 0 ? undefined : { message: hints.join(' ') },
  };
}

function roleHints({ actor, role, tokenRole }: ApiStatus['caller']): string[] {
  const isUserKnown = actor.includes(' user:');
  if (tokenRole !== 'viewer') {
    return [
      `The token has the role ${tokenRole}, and so has everyone who may query this data source. A token with the role viewer is enough for reading.`,
    ];
  }
  return role === 'viewer' && !isUserKnown
    ? [
        'The exporter does not tell the users of Grafana apart (api.grafana is not set there), so windows can only be read here.',
      ]
    : [];
}

function scopeText(organizations: ApiStatus['caller']['organizations']): string {
  if (organizations === 'all') {
    return 'all organizations';
  }
  return organizations.length === 1
    ? `the organization ${organizations[0] ?? ''}`
    : `${organizations.length} organizations`;
}

function skewSentence(skewMs: number): string {
  const direction = skewMs > 0 ? 'ahead of' : 'behind';
  return `The exporter's clock is ${formatDuration(Math.abs(skewMs))} ${direction} the clock of this browser; one of the two is wrong.`;
}

async function explain(error: unknown, client: ExporterClient): Promise<TestDataSourceResponse> {
  if (!(error instanceof ExporterError)) {
    return failed(error instanceof Error ? error.message : 'The test failed for an unknown reason.');
  }
  // Only an exporter words a refusal like this, so it is one, from before it told its status.
  if (error.kind === 'not_found') {
    return tooOld(await readOldVersion(client));
  }
  if (error.kind === 'token') {
    return failed(
      'The exporter refused the token: it is missing, wrong, revoked or expired.',
      'Make one with `patchhaven token create --name grafana --role viewer` and enter it below.',
    );
  }
  const requestId =
    error.requestId === undefined ? undefined : `Request ${error.requestId} in the log of the exporter.`;
  return failed(error.message, requestId);
}

async function readOldVersion(client: ExporterClient): Promise<string | undefined> {
  const answer = await client.getUnknown('/openapi.json').catch(() => undefined);
  const info = isObject(answer) && isObject(answer.info) ? answer.info : {};
  return typeof info.version === 'string' ? info.version : undefined;
}

function tooOld(version: string | undefined): TestDataSourceResponse {
  const has = version === undefined ? 'This exporter' : `This exporter has version ${version} and`;
  return failed(`${has} is too old for this plugin. Update it to ${minExporterVersion} or later.`);
}

function failed(message: string, details?: string): TestDataSourceResponse {
  return { status: 'error', message, details: details === undefined ? undefined : { message: details } };
}

function isStatus(data: unknown): data is ApiStatus {
  return isObject(data) && typeof data.version === 'string' && typeof data.now === 'string' && isObject(data.caller);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Semantic versions by their three numbers; what is none counts as 0.0.0. A pre-release counts as its release. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

function numbersOf(version: string): number[] {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  return match === null ? [0, 0, 0] : match.slice(1).map(Number);
}
