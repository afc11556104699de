import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { normalizeKb } from '../../domain/patch.ts';
import type { AuditedPatch, Exploited } from '../../domain/audit.ts';

/** The list of known exploited vulnerabilities as CISA publishes it (schema 1.0), what we read of it. */
const KevList = z.object({
  vulnerabilities: z.array(
    z.object({ cveID: z.string(), requiredAction: z.string().optional(), notes: z.string().optional() }),
  ),
});

/** Update id → the CVE ids it fixes, for sources that do not say so: Microsoft's catalogue can be turned into one. */
const CveMap = z.record(z.string(), z.array(z.string()));

/** A file that was given and cannot be used; the message is for the person at the terminal. */
export class AuditInputError extends Error {}

export interface Kev {
  readonly exploited: Exploited;
  /** True when nothing says which CVEs this update fixes: it cannot be compared with the list. */
  isUnmatched(patch: AuditedPatch): boolean;
}

const cvePattern = /CVE-\d{4}-\d{4,}/gi;

export function readKev(kevFile: string, mapFile: string | undefined): Kev {
  const list = readJson(kevFile, KevList, 'a list of known exploited vulnerabilities');
  const map = mapFile === undefined ? {} : readJson(mapFile, CveMap, 'a map of update ids to lists of CVE ids');
  return createKev(list, map);
}

/** By CVE ids in an update's id and title, by the map, and by KB numbers that an entry of the list names itself. */
export function createKev(list: z.output<typeof KevList>, map: z.output<typeof CveMap>): Kev {
  const listed = new Set(list.vulnerabilities.map(({ cveID }) => cveID.toUpperCase()));
  const cvesOf = new Map<string, readonly string[]>();
  const learn = (id: string, cves: readonly string[]): void => {
    const key = normalizeKb(id) ?? id;
    cvesOf.set(key, [...(cvesOf.get(key) ?? []), ...cves.map((cve) => cve.toUpperCase())]);
  };
  for (const [id, cves] of Object.entries(map)) learn(id, cves);
  for (const { cveID, requiredAction = '', notes = '' } of list.vulnerabilities)
    for (const [kb] of `${requiredAction} ${notes}`.matchAll(/\bKB\d{5,8}\b/gi)) learn(kb.toUpperCase(), [cveID]);
  const fixes = ({ id, title }: AuditedPatch): readonly string[] => [
    ...[...`${id} ${title}`.matchAll(cvePattern)].map(([cve]) => cve.toUpperCase()),
    ...(cvesOf.get(normalizeKb(id) ?? id) ?? []),
  ];
  return {
    exploited: (patch) => [...new Set(fixes(patch))].filter((cve) => listed.has(cve)),
    isUnmatched: (patch) => fixes(patch).length === 0,
  };
}

function readJson<T>(file: string, schema: z.ZodType<T>, what: string): T {
  const text = readText(file);
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AuditInputError(`${file} is not ${what}`, { cause });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AuditInputError(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
