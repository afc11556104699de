import { useCallback, useMemo, useState } from 'react';
import { toExporterError } from '../../../shared/api/exporter-error';
import type { Topology } from '../../../shared/api/types';
import { useExporter } from '../../context/AppContext';
import { type ResourceHandle, useResource } from '../../hooks/useResource';
import { merge, type TopologyNode, toTrees, type Tree } from './tree';

interface Opened {
  readonly status: 'reading' | 'ready' | 'error';
  readonly part?: Topology;
  readonly message?: string;
}

export interface TopologyHandle {
  readonly places: ResourceHandle<Topology>;
  readonly trees: readonly Tree[];
  readonly open: ReadonlySet<string>;
  readonly full: ReadonlySet<string>;
  /** Nodes whose devices are being read, or could not be. */
  readonly opened: ReadonlyMap<string, Opened>;
  readonly canOpen: (node: TopologyNode) => boolean;
  readonly toggle: (node: TopologyNode) => void;
  readonly showAll: (id: string) => void;
}

/** As many organizations and sites as a screen shows without scrolling. */
const screenful = 10;

/** With one organization, or few places at all, there is nothing to choose first. */
function openAtFirst({ nodes }: Topology): readonly string[] {
  const organizations = nodes.filter(({ kind }) => kind === 'organization').map(({ id }) => id);
  return organizations.length === 1 || nodes.length <= screenful ? organizations : [];
}

/** Organizations and sites at once, the devices of a site when it is opened: a fleet of 100,000 is never read whole. */
export function useTopology(organization: string | undefined): TopologyHandle {
  const client = useExporter();
  const places = useResource(
    useCallback(
      (signal: AbortSignal) => client.get('/topology', { query: { depth: 'site', organization }, signal }),
      [client, organization],
    ),
    { refreshMs: 60_000 },
  );
  /** What someone has opened or closed by hand. */
  const [byHand, setByHand] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [full, setFull] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState<ReadonlyMap<string, Opened>>(new Map());
  const { resource } = places;
  const base = resource.status === 'ready' || resource.status === 'stale' ? resource.data : undefined;

  const preOpened = useMemo(() => (base === undefined ? [] : openAtFirst(base)), [base]);
  const open = useMemo(() => {
    const ids = [...byHand].filter(([, isOpen]) => isOpen).map(([id]) => id);
    return new Set([...ids, ...preOpened.filter((id) => !byHand.has(id))]);
  }, [byHand, preOpened]);
  const withoutSite = useMemo(() => (base === undefined ? new Set<string>() : placesWithOwnDevices(base)), [base]);
  const canOpen = useCallback(
    (node: TopologyNode) => node.kind === 'site' || (node.kind === 'organization' && withoutSite.has(node.id)),
    [withoutSite],
  );
  const read = useCallback(
    async (node: TopologyNode) => {
      const note = (value: Opened) => setOpened((before) => new Map(before).set(node.id, value));
      note({ status: 'reading' });
      const query = {
        depth: 'device',
        organization: node.organization,
        ...(node.kind === 'site' && { site: node.name }),
      } as const;
      try {
        note({ status: 'ready', part: await client.get('/topology', { query }) });
      } catch (error) {
        note({ status: 'error', message: toExporterError(error).message });
      }
    },
    [client],
  );
  const toggle = useCallback(
    (node: TopologyNode) => {
      const opens = !open.has(node.id);
      setByHand((before) => new Map(before).set(node.id, opens));
      if (opens && canOpen(node)) {
        void read(node);
      }
    },
    [open, canOpen, read],
  );
  const trees = useMemo(() => {
    const parts = [...opened.values()].flatMap(({ part }) => (part === undefined ? [] : [part]));
    return base === undefined ? [] : toTrees(merge(base, parts));
  }, [base, opened]);
  const showAll = useCallback((id: string) => setFull((before) => new Set(before).add(id)), []);
  return { places, trees, open, full, opened, canOpen, toggle, showAll };
}

/** Organizations with devices that stand in no site. */
function placesWithOwnDevices({ nodes }: Topology): Set<string> {
  const inSites = new Map<string, number>();
  for (const { kind, organization, devices } of nodes) {
    if (kind === 'site') {
      inSites.set(organization, (inSites.get(organization) ?? 0) + devices);
    }
  }
  const own = nodes.filter(
    ({ kind, organization, devices }) => kind === 'organization' && devices > (inSites.get(organization) ?? 0),
  );
  return new Set(own.map(({ id }) => id));
}
