import type { ExporterClient } from '../shared/api/client';
import type { Pages } from '../shared/api/pages';
import type { Device } from '../shared/api/types';
import { instanceOf } from './frames/tables';
import type { PatchhavenQuery } from './query';

type Grouping = PatchhavenQuery['by'];
/** Lists for editors and variables hold at most as many devices. */
const maxDevices = 5_000;
const keepMs = 30_000;

interface Kept {
  readonly until: number;
  readonly value: Promise<unknown>;
}

/** Names of the fleet: places, devices, updates. What was asked is kept for half a minute, failures are not. */
export class Directory {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly client: ExporterClient,
    private readonly now: () => number = Date.now,
  ) {}

  /** Names of organizations, sites or groups, sorted; of one organization where it is given. */
  async places(by: Grouping, organization?: string): Promise<string[]> {
    const { rows } = await this.keep(`places ${by} ${organization ?? ''}`, () =>
      this.client.get('/compliance', { query: { by, ...(organization !== undefined && { organization }) } }),
    );
    const names = rows.map((row) => row[by]).filter((name): name is string => name !== null);
    return [...new Set(names)].sort((a, b) => a.localeCompare(b));
  }

  /** Devices in the order of their names. */
  devices(query: { organization?: string; site?: string; group?: string; text?: string }): Promise<Pages<Device>> {
    return this.keep(`devices ${JSON.stringify(query)}`, () => this.client.getPages('/devices', { query }, maxDevices));
  }

  async sources(): Promise<string[]> {
    const { items } = await this.keep('sources', () => this.client.get('/sources'));
    return items.map(({ id }) => id);
  }

  /**
   * Ids of the devices that a value names: by id, else by instance, else by name. None known: the value itself, since
   * events outlive their device.
   */
  async idsOf(value: string): Promise<string[]> {
    const { items } = await this.devices({ text: value.slice(0, 200) });
    for (const nameOf of [({ id }: Device) => id, instanceOf, ({ name }: Device) => name]) {
      const found = items.filter((device) => nameOf(device) === value).map(({ id }) => id);
      if (found.length > 0) {
        return found;
      }
    }
    return [value];
  }

  private keep<T>(key: string, read: () => Promise<T>): Promise<T> {
    const now = this.now();
    const kept = this.kept.get(key);
    if (kept !== undefined && kept.until > now) {
      return kept.value as Promise<T>;
    }
    const value = read();
    this.kept.set(key, { until: now + keepMs, value });
    value.catch(() => this.kept.delete(key));
    for (const [name, { until }] of this.kept) {
      if (until <= now) {
        this.kept.delete(name);
      }
    }
    return value;
  }
}
