import { createToken } from '../../../exporter/src/http/auth/token.ts';
import type { DeviceState } from '../../../exporter/src/domain/device.ts';
import { openStore } from '../../../exporter/src/store/open-store.ts';
import { deviceAt } from '../scrape/fleet.ts';

const batchSize = 5000;

/** Device `index` as the store has it; it names its instance itself, so that it is matched without a Prometheus. */
export function savedState(index: number): DeviceState {
  const { state, identity } = deviceAt(index, 0);
  if (identity.status !== 'matched') return state;
  return { ...state, facts: { ...state.facts, instance: identity.instance } };
}

/** Fills a new store with devices and a token for everything; returns the token. */
export async function prepareStore(url: string, devices: number): Promise<string> {
  const store = await openStore(url);
  for (let first = 0; first < devices; first += batchSize) {
    const count = Math.min(batchSize, devices - first);
    await store.saveStates(
      Array.from({ length: count }, (_, i) => savedState(first + i)),
      0,
    );
  }
  const { id, text, secretHash } = createToken();
  await store.saveToken({ id, name: 'bench', role: 'admin', organizations: 'all', secretHash, createdAt: 0 });
  await store.close();
  return text;
}
