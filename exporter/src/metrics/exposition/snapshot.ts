import { crc32 } from 'node:zlib';
import type { UnixSeconds } from '../../domain/time.ts';
import type { FleetFamily } from '../family.ts';
import type { FamilyBody } from './family-body.ts';
import { deflateSegmentSync, type Segment } from './segment.ts';
import { contentTypes, type Format } from './heads.ts';
import { createScrapeBody, type ScrapeBody } from './scrape-body.ts';

/** Which part of the published pages a scrape wants. Fields left out do not restrict. */
export interface Selection {
  readonly format: Format;
  /** Family names (`collect[]`). */
  readonly families?: ReadonlySet<string>;
  readonly organizations?: ReadonlySet<string>;
  /** Whole organizations, spread by a hash of their key that does not depend on the fleet. */
  readonly shard?: { readonly index: number; readonly count: number };
  /** Text of further families, already in `format`, to stand at the end. */
  readonly append?: string;
}

/** A family as published. The heads are compressed once per process. */
export interface PublishedFamily {
  readonly family: FleetFamily;
  readonly heads: Readonly<Record<Format, Segment>>;
  readonly body: FamilyBody;
}

/** What scrapes see. Never changed: a scrape that holds one is consistent whatever is published meanwhile. */
export interface Snapshot {
  readonly publishedAt: UnixSeconds;
  readonly families: readonly PublishedFamily[];
}

const endOfOpenMetrics = deflateSegmentSync('# EOF\n');

/** Puts the answer to a scrape together from published segments; renders nothing but what is appended. */
export function selectBody(snapshot: Snapshot, selection: Selection): ScrapeBody {
  const segments: Segment[] = [];
  for (const { family, heads, body } of snapshot.families) {
    if (selection.families?.has(family.name) === false) continue;
    const lines = selectSegments(family, body, selection);
    if (lines.length > 0) segments.push(heads[selection.format], ...lines);
  }
  if (selection.append !== undefined) segments.push(deflateSegmentSync(selection.append));
  if (selection.format === 'openmetrics') segments.push(endOfOpenMetrics);
  return createScrapeBody(contentTypes[selection.format], segments);
}

function selectSegments(family: FleetFamily, body: FamilyBody, selection: Selection): readonly Segment[] {
  if (body.whole.textBytes === 0) return [];
  if (family.scope === 'snapshot') {
    return family.showToAll || selection.organizations === undefined ? [body.whole] : [];
  }
  if (selection.organizations === undefined && selection.shard === undefined) return [body.whole];
  return body.parts
    .filter(({ organization, segment }) => segment.textBytes > 0 && isSelected(organization, selection))
    .map(({ segment }) => segment);
}

function isSelected(organization: string, { organizations, shard }: Selection): boolean {
  if (organizations?.has(organization) === false) return false;
  return shard === undefined || crc32(organization) % shard.count === shard.index;
}
