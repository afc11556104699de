import { createDataFrame, type DataFrame } from '@grafana/data';
import type { QueryType } from '../query';
import type { Loaded, LoadContext } from './context';
import { loadDevices, loadStates } from './fleet';
import { loadLedger } from './ledger';
import { loadCompliance, loadRollouts, loadTopology, loadUpdates } from './overview';
import { loadEvents, loadTimeline, loadWindows } from './timeline';

const loaders: Record<QueryType, (context: LoadContext) => Promise<Loaded>> = {
  timeline: loadTimeline,
  events: loadEvents,
  states: loadStates,
  windows: loadWindows,
  ledger: loadLedger,
  devices: loadDevices,
  compliance: loadCompliance,
  updates: loadUpdates,
  topology: loadTopology,
  rollouts: loadRollouts,
};

/** Reads a query; what was cut or left out stands in the notices of the first frame. */
export async function loadQuery(context: LoadContext, notices: readonly string[] = []): Promise<DataFrame[]> {
  const loaded = await loaders[context.query.queryType](context);
  const texts = [...new Set([...notices, ...loaded.notices])];
  if (texts.length === 0) {
    return [...loaded.frames];
  }
  // A notice needs a frame to stand in, also where there is nothing to show.
  const [first = createDataFrame({ refId: context.query.refId, fields: [] }), ...others] = loaded.frames;
  const meta = { ...first.meta, notices: texts.map((text) => ({ severity: 'warning' as const, text })) };
  return [{ ...first, meta }, ...others];
}
