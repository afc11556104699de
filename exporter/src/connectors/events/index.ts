import { noCapabilities } from '../../domain/capabilities.ts';
import { defineConnector } from '../definition.ts';
import { EventsOptions } from './config.ts';

/** A source that pushes over the events API. There is nothing to read: the entry gives its events a name and an owner. */
export const eventsConnector = defineConnector({
  type: 'events',
  options: EventsOptions,
  intervals: { snapshotSeconds: 0, eventsSeconds: 0 },
  capabilities: { ...noCapabilities, rebootPending: true, events: true },
  create: () => ({}),
});
