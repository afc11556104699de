import { defineConnector } from '../definition.ts';
import { EventsOptions } from './config.ts';

/** A source that pushes over the events API. There is nothing to read: the entry gives its events a name and an owner. */
export const eventsConnector = defineConnector({
  type: 'events',
  options: EventsOptions,
  intervals: { snapshotSeconds: 0, eventsSeconds: 0 },
  capabilities: {
    snapshots: false,
    perPatch: false,
    rebootPending: true,
    events: true,
    lookup: false,
    webhooks: false,
    scripts: false,
    reboot: false,
    maintenance: false,
  },
  create: () => ({}),
});
