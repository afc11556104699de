import type { LaneSort } from '../types';
import type { LaneRow } from './lane-rows';
import { type Trouble, troubleOf, troubles } from './trouble';

/** A lane with its trouble, in the order of the screen. */
export interface RankedRow extends LaneRow {
  readonly trouble: Trouble;
}

const byText = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const scopeRank: Readonly<Record<LaneRow['scope'], number>> = {
  organization: 0,
  device: 1,
  unassigned: 2,
};

function byName(a: LaneRow, b: LaneRow): number {
  return (
    scopeRank[a.scope] - scopeRank[b.scope] ||
    byText.compare(a.lane.label, b.lane.label) ||
    byOrganization(a, b) ||
    (a.key < b.key ? -1 : 1)
  );
}

function byOrganization(a: LaneRow, b: LaneRow): number {
  return byText.compare(a.lane.ref.organization ?? '\uffff', b.lane.ref.organization ?? '\uffff');
}

/** Ranks by what was wrong at `atMs`; within a rank by name, so that lanes keep their place between refreshes. */
export function rankRows(rows: readonly LaneRow[], sort: LaneSort, atMs: number): readonly RankedRow[] {
  const ranked = rows.map((row): RankedRow => ({
    ...row,
    trouble: troubleOf(row, atMs),
  }));
  if (sort === 'name') {
    return ranked.sort(byName);
  }
  if (sort === 'organization') {
    return ranked.sort((a, b) => byOrganization(a, b) || byName(a, b));
  }
  return ranked.sort((a, b) => troubles.indexOf(a.trouble) - troubles.indexOf(b.trouble) || byName(a, b));
}

/** Lanes whose name, organization or trouble holds every word of the search. */
export function searchRows<T extends LaneRow>(rows: readonly T[], search: string): readonly T[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    return rows;
  }
  return rows.filter((row) => {
    const { label, ref } = row.lane;
    const text = [label, ref.organization, ref.instance, ref.device, ref.deviceName].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
