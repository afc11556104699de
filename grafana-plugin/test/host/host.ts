import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GrafanaVersion } from './bundle.ts';
import { type FakeGrafana, startGrafana, type World } from './server/grafana.ts';
import { createIdSigner } from './server/id-token.ts';
import { startKeyServer } from './server/key-server.ts';
import { nowUnixSeconds } from './world/night.ts';
import { type RunningWorld, startWorld, type WorldName } from './world/start-world.ts';

export const distFolder = fileURLToPath(new URL('../../dist', import.meta.url));

/** Grafana's root URL in signed tokens. Every host signs with the same key, so that all share one world. */
const issuer = 'https://grafana.example.com/';

export interface Host {
  /** The plugin in one version of Grafana; started at first use. */
  grafana(version: GrafanaVersion, subPath?: string): Promise<FakeGrafana>;
  /** A real exporter with data; started at first use, and visible to every Grafana under its name. */
  world(name: WorldName): Promise<RunningWorld>;
  /** A world of one's own, to break things in; `name` is what visits call it. */
  ownWorld(name: string, kind: WorldName): Promise<RunningWorld>;
  /** What stands behind the data sources of visits to `name`: for wrong tokens and addresses. */
  pointTo(name: string, world: World): void;
  close(): Promise<void>;
}

/** Everything behind the screens: Grafana by versions, exporters by worlds. */
export async function startHost(dist = distFolder): Promise<Host> {
  if (!existsSync(path.join(dist, 'module.js'))) throw new Error('the plugin is not built: npm run build');
  const signer = await createIdSigner(issuer);
  const known: Record<string, World> = {};
  const grafanas = new Map<string, Promise<FakeGrafana>>();
  const worlds = new Map<string, Promise<RunningWorld>>();

  const grafana: Host['grafana'] = (version, subPath = '') => {
    const key = `${version}${subPath}`;
    const running =
      grafanas.get(key) ??
      startGrafana({ version, dist, subPath, worlds: known, signer, nowUnixSeconds: () => nowUnixSeconds });
    grafanas.set(key, running);
    return running;
  };
  const keyServer = await startKeyServer(signer.jwks);
  const ownWorld: Host['ownWorld'] = async (name, kind) => {
    const running = worlds.get(name) ?? startWorld(kind, { rootUrl: issuer, jwksUrl: keyServer.url });
    worlds.set(name, running);
    known[name] = await running;
    return running;
  };
  return {
    grafana,
    ownWorld,
    pointTo(name, world) {
      known[name] = world;
    },
    world: (name) => ownWorld(name, name),
    async close() {
      await Promise.all([...grafanas.values()].map(async (one) => (await one).close()));
      await Promise.all([...worlds.values()].map(async (one) => (await one).close()));
      await keyServer.close();
    },
  };
}
