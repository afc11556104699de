import type { DeviceKey } from '../../domain/device.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import type { DeviceView } from '../../fleet/fleet-view.ts';
import type { DeviceFamily } from '../family.ts';
import { joinPairs, labelPair } from '../labels.ts';
import { renderCell } from './device-cells.ts';
import { InstanceClaims } from './instance-claims.ts';
import { LineDictionary } from './line-dictionary.ts';
import { Page } from './page.ts';
import { UpdateCensus, type CensusShare } from './update-census.ts';

interface Place {
  readonly page: Page;
  readonly slot: number;
  claim: string | undefined;
  share: CensusShare;
}

/** The fleet as columns: where each device stands, and what its families say. Not yet text, and not visible to scrapes. */
export class FleetPages {
  readonly census = new UpdateCensus();
  readonly #families: readonly DeviceFamily[];
  readonly #timedFamilies: readonly DeviceFamily[];
  readonly #dictionaries: readonly (LineDictionary | undefined)[];
  readonly #organizationLabel: string | null;
  readonly #places = new Map<DeviceKey, Place>();
  readonly #organizations = new Map<string, { readonly pages: Set<Page>; readonly open: Set<Page> }>();
  readonly #touched = new Set<Page>();
  readonly #claims = new InstanceClaims<Place>((place, contested) => {
    place.page.suppress(place.slot, contested);
    this.#touched.add(place.page);
  });
  /** Devices whose series will change by the passing of time alone, and when first. */
  readonly #timed = new Map<DeviceKey, { readonly view: DeviceView; readonly changesAt: UnixSeconds }>();

  constructor(families: readonly DeviceFamily[], organizationLabel: string | null) {
    this.#families = families;
    this.#timedFamilies = families.filter((family) => family.changesAt !== undefined);
    this.#dictionaries = families.map((family) =>
      family.fewLines === true ? new LineDictionary(family.labels) : undefined,
    );
    this.#organizationLabel = organizationLabel;
  }

  get size(): number {
    return this.#places.size;
  }

  get pageCount(): number {
    let count = 0;
    for (const { pages } of this.#organizations.values()) count += pages.size;
    return count;
  }

  get contestedDevices(): number {
    return this.#claims.contestedOwners;
  }

  /** Devices whose series have changed by the passing of time. */
  *dueViews(now: UnixSeconds): Iterable<readonly [DeviceKey, DeviceView]> {
    for (const [key, { view, changesAt }] of this.#timed) if (changesAt <= now) yield [key, view];
  }

  /** Sets what a device's families say. When one of them throws, nothing of the device is changed. */
  set(key: DeviceKey, view: DeviceView, now: UnixSeconds): void {
    const { facts } = view.state;
    const cells = this.#families.map(
      (family, i) => this.#dictionaries[i]?.pack(family.generate(view, now)) ?? renderCell(family, view, now),
    );
    const place = this.#placeFor(key, facts.organization);
    const identity = this.#identity(view);
    // Claims go by the text that would be printed: instances that differ only before escaping still collide here.
    this.#claim(place, identity);
    place.page.put(place.slot, identity, cells);
    place.share = this.census.replace(
      place.share,
      this.censusOrganization(facts.organization),
      view.stale ? undefined : facts.patches,
    );
    this.#touched.add(place.page);
    this.#remember(key, view, now);
  }

  remove(key: DeviceKey): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    this.#timed.delete(key);
    this.#claim(place, undefined);
    this.census.remove(place.share);
    const { page } = place;
    page.release(place.slot);
    this.#touched.add(page);
    const home = this.#organizations.get(page.organization);
    home?.open.add(page);
    if (!page.isEmpty) return;
    home?.pages.delete(page);
    home?.open.delete(page);
    if (home?.pages.size === 0) this.#organizations.delete(page.organization);
  }

  /** Pages that were written to since the last call, removed ones among them. */
  takeTouched(): Page[] {
    const touched = [...this.#touched];
    this.#touched.clear();
    return touched;
  }

  *pages(): Iterable<Page> {
    for (const { pages } of this.#organizations.values()) yield* pages;
  }

  /** Without an organization label, counts of different organizations would be equal series: they are summed. */
  censusOrganization(organization: string): string {
    return this.#organizationLabel === null ? '' : organization;
  }

  organizationPair(organization: string): string {
    return this.#organizationLabel === null ? '' : labelPair(this.#organizationLabel, organization);
  }

  #remember(key: DeviceKey, view: DeviceView, now: UnixSeconds): void {
    let changesAt = Infinity;
    for (const family of this.#timedFamilies) {
      const at = family.changesAt?.(view) ?? Infinity;
      if (at > now && at < changesAt) changesAt = at;
    }
    if (changesAt < Infinity) this.#timed.set(key, { view, changesAt });
    else this.#timed.delete(key);
  }

  #identity({ identity, state }: DeviceView): string | undefined {
    if (identity.status !== 'matched' || identity.instance === '') return undefined;
    return joinPairs([this.organizationPair(state.facts.organization), labelPair('instance', identity.instance)]);
  }

  #claim(place: Place, claim: string | undefined): void {
    if (place.claim === claim) return;
    if (place.claim !== undefined) this.#claims.release(place.claim, place);
    place.claim = claim;
    if (claim !== undefined) this.#claims.claim(claim, place);
  }

  #placeFor(key: DeviceKey, organization: string): Place {
    const known = this.#places.get(key);
    if (known?.page.organization === organization) return known;
    if (known !== undefined) this.remove(key);
    const page = this.#openPage(organization);
    const place: Place = { page, slot: page.take(), claim: undefined, share: [] };
    if (!page.hasRoom) this.#organizations.get(organization)?.open.delete(page);
    this.#places.set(key, place);
    return place;
  }

  #openPage(organization: string): Page {
    let home = this.#organizations.get(organization);
    if (home === undefined) this.#organizations.set(organization, (home = { pages: new Set(), open: new Set() }));
    for (const page of home.open) return page;
    const page = new Page(organization, this.organizationPair(organization), this.#families, this.#dictionaries);
    home.pages.add(page);
    home.open.add(page);
    return page;
  }
}
