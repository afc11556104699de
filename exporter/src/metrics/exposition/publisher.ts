import type { UnixSeconds } from '../../domain/time.ts';
import type { DeviceFamily, FamilyLimits, FleetFamily, Sample, SnapshotFacts } from '../family.ts';
import { renderLines, renderTails } from './device-cells.ts';
import { joinParts, type BodyPart, type FamilyBody } from './family-body.ts';
import type { FleetPages } from './fleet-pages.ts';
import { renderHead } from './heads.ts';
import type { Page } from './page.ts';
import { Deflater } from './deflater.ts';
import { deflateSegmentSync, emptySegment, type Segment } from './segment.ts';
import type { Slicer } from '../../fleet/slicer.ts';
import type { PublishedFamily, Snapshot } from './snapshot.ts';

const emptyBody: FamilyBody = { whole: emptySegment, parts: [] };

/** Enough to keep two cores busy and leave half of the thread pool to files and DNS. */
type Deflaters = readonly [Deflater, Deflater];

/** Turns what changed in the pages into segments, and all segments into the next snapshot. */
export class Publisher {
  readonly #families: readonly FleetFamily[];
  readonly #deviceFamilies: readonly DeviceFamily[];
  readonly #pages: FleetPages;
  readonly #limits: FamilyLimits;
  readonly #deflaters: Deflaters = [new Deflater(), new Deflater()];
  readonly #heads: ReadonlyMap<FleetFamily, PublishedFamily['heads']>;
  readonly #organizationSegments = new Map<FleetFamily, Map<string, Segment>>();
  /** Pages and organizations whose segments still have to follow; kept when a publish fails. */
  readonly #stalePages = new Set<Page>();
  readonly #staleOrganizations = new Set<string>();
  readonly #staleFamilies = new Set<FleetFamily>();
  readonly #bodies = new Map<FleetFamily, FamilyBody>();

  constructor(families: readonly FleetFamily[], pages: FleetPages, limits: FamilyLimits) {
    this.#families = families;
    this.#deviceFamilies = families.filter((family) => family.scope === 'device');
    this.#pages = pages;
    this.#limits = limits;
    this.#heads = new Map(
      families.map((family) => [
        family,
        {
          text: deflateSegmentSync(renderHead(family, 'text')),
          openmetrics: deflateSegmentSync(renderHead(family, 'openmetrics')),
        },
      ]),
    );
  }

  /** Renders and compresses dirty pages only. Resolves with the number of segments it made. */
  async refresh(slicer: Slicer): Promise<number> {
    for (const page of this.#pages.takeTouched()) this.#stalePages.add(page);
    for (const organization of this.#pages.census.takeChanged()) this.#staleOrganizations.add(organization);
    const segments = (await this.#refreshPages(slicer)) + (await this.#refreshOrganizations(slicer));
    for (const family of this.#staleFamilies) {
      this.#join(family);
      await slicer.breathe();
    }
    return segments;
  }

  /** The next snapshot; synchronous, so that all families in it belong together. */
  snapshot(publishedAt: UnixSeconds): Snapshot {
    const facts: SnapshotFacts = {
      publishedAt,
      devices: this.#pages.size,
      conflictingDevices: this.#pages.contestedDevices,
    };
    return { publishedAt, families: this.#families.map((family) => this.#published(family, facts)) };
  }

  #published(family: FleetFamily, facts: SnapshotFacts): PublishedFamily {
    const heads = this.#heads.get(family) ?? { text: emptySegment, openmetrics: emptySegment };
    if (family.scope !== 'snapshot') return { family, heads, body: this.#bodies.get(family) ?? emptyBody };
    const segment = deflateSegmentSync(renderFamily(family, '', family.generate(facts)));
    return { family, heads, body: { whole: segment, parts: [] } };
  }

  async #refreshPages(slicer: Slicer): Promise<number> {
    const jobs = this.#pageJobs();
    let segments = 0;
    const work = async (deflater: Deflater) => {
      for (const { page, number } of jobs) {
        segments += 1;
        await deflatePage(deflater, page, number);
        await slicer.breathe();
      }
    };
    // All of them end before anyone may use a deflater again, also when one fails.
    const ends = await Promise.allSettled(this.#deflaters.map(work));
    const failure = ends.find((end) => end.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    this.#stalePages.clear();
    return segments;
  }

  /** Shared by the deflaters: each takes the next job when it is free. */
  *#pageJobs(): Generator<{ readonly page: Page; readonly number: number }> {
    for (const page of this.#stalePages) {
      for (const number of page.dirtyFamilies()) {
        const family = this.#deviceFamilies[number];
        if (family !== undefined) this.#staleFamilies.add(family);
        yield { page, number };
      }
    }
  }

  async #refreshOrganizations(slicer: Slicer): Promise<number> {
    const [deflater] = this.#deflaters;
    let segments = 0;
    for (const family of this.#families) {
      if (family.scope !== 'organization') continue;
      const byOrganization = this.#organizationSegments.get(family) ?? new Map<string, Segment>();
      this.#organizationSegments.set(family, byOrganization);
      for (const organization of this.#staleOrganizations) {
        const samples = family.generate(this.#pages.census.of(organization), this.#limits);
        const text = renderFamily(family, this.#pages.organizationPair(organization), samples);
        if (text === '') byOrganization.delete(organization);
        else byOrganization.set(organization, await deflater.deflate(text));
        this.#staleFamilies.add(family);
        segments += 1;
        await slicer.breathe();
      }
    }
    this.#staleOrganizations.clear();
    return segments;
  }

  #join(family: FleetFamily): void {
    const body = family.scope === 'device' ? this.#joinPages(family) : joinParts(this.#organizationParts(family));
    this.#bodies.set(family, body);
    this.#staleFamilies.delete(family);
  }

  #joinPages(family: DeviceFamily): FamilyBody {
    const number = this.#deviceFamilies.indexOf(family);
    const pages = [...this.#pages.pages()];
    const body = joinParts(
      pages.map((page) => ({ organization: page.organization, segment: page.segments[number] ?? emptySegment })),
    );
    // From here on the pages' segments are views into the joined buffer, which is the only copy.
    body.parts.forEach(({ segment }, i) => {
      const page = pages[i];
      if (page !== undefined) page.segments[number] = segment;
    });
    return body;
  }

  #organizationParts(family: FleetFamily): readonly BodyPart[] {
    const segments = this.#organizationSegments.get(family) ?? new Map<string, Segment>();
    return [...segments].map(([organization, segment]) => ({ organization, segment }));
  }
}

async function deflatePage(deflater: Deflater, page: Page, familyNumber: number): Promise<void> {
  try {
    page.segments[familyNumber] = await deflater.deflate(page.render(familyNumber));
  } catch (error) {
    page.markDirty(familyNumber);
    throw error;
  }
}

function renderFamily({ name, labels }: FleetFamily, identity: string, samples: readonly Sample[]): string {
  if (labels.length === 0 && identity === '') return samples.map(({ value }) => `${name} ${String(value)}\n`).join('');
  return renderLines(name, identity, renderTails(labels, samples));
}
