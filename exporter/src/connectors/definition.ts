import type { z } from 'zod';
import type { Capabilities } from '../domain/capabilities.ts';
import type { RmmConnector } from './connector.ts';
import type { HttpDeps } from './http-client.ts';

/** Names the organization a vendor's client belongs to: the value of the `organization` label, never shared by two. */
export type OrganizationKey = (vendorOrganizationId: string, name: string) => string;

export interface ConnectorDeps extends HttpDeps {
  /** Source id from the configuration. */
  readonly id: string;
  readonly organizationKey: OrganizationKey;
  /** The configuration lets this source be written to, so its credentials ask for the right to. Absent: it only reads. */
  readonly takesOrders?: boolean;
}

/** One source type as the configuration and the composition root see it. */
export interface ConnectorDefinition {
  readonly type: string;
  /** Strict schema of the `options` block; secrets come out as `Secret`. */
  readonly options: z.ZodType;
  /** Polling intervals where the configuration names none; 0 = this kind of read does not exist. */
  readonly intervals: { readonly snapshotSeconds: number; readonly eventsSeconds: number };
  readonly capabilities: Capabilities;
  /** Parses `options` once more, so an unchecked value cannot slip in; throws ZodError for a bad one. */
  create(options: unknown, deps: ConnectorDeps): RmmConnector;
}

/** What a connector adds to its definition: the methods its capabilities promise. */
export type ConnectorMethods = Omit<RmmConnector, 'id' | 'type' | 'capabilities'>;

/** Ties a schema to its factory and hides the options' type from everyone else. */
export function defineConnector<Options>(definition: {
  readonly type: string;
  readonly options: z.ZodType<Options>;
  readonly intervals: ConnectorDefinition['intervals'];
  readonly capabilities: Capabilities;
  readonly create: (options: Options, deps: ConnectorDeps) => ConnectorMethods;
}): ConnectorDefinition {
  const { type, options, intervals, capabilities, create } = definition;
  return {
    type,
    options,
    intervals,
    capabilities,
    create: (input, deps) => ({ ...create(options.parse(input), deps), id: deps.id, type, capabilities }),
  };
}
