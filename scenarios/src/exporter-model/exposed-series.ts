import type { DeviceView } from '../../../exporter/src/fleet/fleet-view.ts';
import type { Fleet } from '../../../exporter/src/fleet/fleet.ts';
import { deviceFamilies } from '../../../exporter/src/metrics/catalogue.ts';
import type { DeviceFamily } from '../../../exporter/src/metrics/family.ts';
import type { ExposedSample } from '../world/scrape-target.ts';
import type { World } from '../world/world.ts';

/**
 * What one replica exposes, by the product's own families and as Prometheus stores it (honor_labels, a label per
 * replica). Only families that `isRead` by a rule; a device's samples are made anew when its view changed.
 */
export class ExposedSeries {
  readonly #world: World;
  readonly #replica: string;
  readonly #families: readonly DeviceFamily[];
  readonly #samples = new WeakMap<DeviceView, readonly ExposedSample[]>();

  constructor(world: World, replica: string, isRead: (name: string) => boolean) {
    this.#world = world;
    this.#replica = replica;
    this.#families = deviceFamilies.filter(({ name, identity }) => identity === 'instance' && isRead(name));
  }

  at(fleet: Fleet, now: number): readonly ExposedSample[] {
    const samples: ExposedSample[] = [];
    for (const view of fleet.devices()) samples.push(...this.#of(view, now));
    return samples;
  }

  #of(view: DeviceView, now: number): readonly ExposedSample[] {
    const known = this.#samples.get(view);
    if (known !== undefined) return known;
    const samples = view.identity.status === 'matched' ? this.#generate(view, view.identity.instance, now) : [];
    this.#samples.set(view, samples);
    return samples;
  }

  #generate(view: DeviceView, instance: string, now: number): readonly ExposedSample[] {
    const { organization } = view.state.facts;
    return this.#families.flatMap((family) =>
      family.generate(view, now).map(({ labels, value }) => ({
        labels: this.#world.labels({
          ...Object.fromEntries(family.labels.map((name, index) => [name, labels[index] ?? ''])),
          __name__: family.name,
          job: 'patchhaven',
          replica: this.#replica,
          organization,
          instance,
        }),
        value,
      })),
    );
  }
}
