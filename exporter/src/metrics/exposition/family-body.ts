import { sumSegments, type Segment } from './segment.ts';

/** The part of a family's output that belongs to one organization. */
export interface BodyPart {
  readonly organization: string;
  readonly segment: Segment;
}

/** All published lines of one family: the whole, and the same bytes seen organization by organization. Immutable. */
export interface FamilyBody {
  readonly whole: Segment;
  readonly parts: readonly BodyPart[];
}

/**
 * Copies the segments into one buffer of exact size. The parts of the result, in the same order, are views into it, so
 * that a scrape of everything is a few large writes while nothing is kept twice.
 */
export function joinParts(parts: readonly BodyPart[]): FamilyBody {
  const buffer = Buffer.allocUnsafeSlow(parts.reduce((bytes, { segment }) => bytes + segment.deflated.length, 0));
  let offset = 0;
  const views = parts.map(({ organization, segment }) => {
    if (segment.textBytes === 0) return { organization, segment };
    const start = offset;
    offset += segment.deflated.copy(buffer, start);
    return { organization, segment: { ...segment, deflated: buffer.subarray(start, offset) } };
  });
  return { whole: { deflated: buffer, ...sumSegments(parts.map((part) => part.segment)) }, parts: views };
}
