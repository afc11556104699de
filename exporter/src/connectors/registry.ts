import { connectWiseAutomateConnector } from './connectwise-automate/index.ts';
import type { ConnectorDefinition } from './definition.ts';
import { dattoRmmConnector } from './datto-rmm/index.ts';
import { eventsConnector } from './events/index.ts';
import { fileConnector } from './file/index.ts';
import { ninjaOneConnector } from './ninjaone/index.ts';
import { prometheusConnector } from './prometheus/index.ts';
import { tacticalRmmConnector } from './tactical-rmm/index.ts';

/** The one list of source types, by the `type` of a source in the configuration. */
export const connectorTypes: Readonly<Record<string, ConnectorDefinition>> = {
  'connectwise-automate': connectWiseAutomateConnector,
  'datto-rmm': dattoRmmConnector,
  events: eventsConnector,
  file: fileConnector,
  ninjaone: ninjaOneConnector,
  prometheus: prometheusConnector,
  'tactical-rmm': tacticalRmmConnector,
};
