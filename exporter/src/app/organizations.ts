import type { Config } from '../config/schema.ts';
import { z } from 'zod';
import {
  createOrganizationDirectory,
  type AssignedOrganization,
  type OrganizationDirectory,
} from '../identity/organization.ts';
import type { PatchStore } from '../store/patch-store.ts';

/** Name under which the store's cursors hold the organization keys given out so far. */
const cursorName = 'organization-keys';

const Assignments = z.array(z.object({ source: z.string(), vendorId: z.string(), key: z.string() }));

/** Keeps the key of every organization for ever: a client that is renamed at the vendor keeps its series and tokens. */
export interface OrganizationKeys {
  directory(config: Config): OrganizationDirectory;
  /** Writes keys given out since the last call. To be awaited before events that carry them are stored. */
  flush(): Promise<void>;
}

export async function loadOrganizationKeys(store: PatchStore): Promise<OrganizationKeys> {
  const text = await store.readCursor(cursorName);
  const assigned: AssignedOrganization[] = text === undefined ? [] : Assignments.parse(JSON.parse(text));
  let unsaved = false;
  return {
    directory: (config) =>
      createOrganizationDirectory({
        configured: configuredKeys(config),
        assigned,
        onAssigned: (assignment) => {
          assigned.push(assignment);
          unsaved = true;
        },
      }),
    async flush() {
      if (!unsaved) return;
      unsaved = false;
      try {
        await store.appendEvents([], { source: cursorName, cursor: JSON.stringify(assigned) });
      } catch (error) {
        unsaved = true;
        throw error;
      }
    },
  };
}

function configuredKeys(config: Config): Record<string, Record<string, string>> {
  const bySource: Record<string, Record<string, string>> = {};
  for (const { key, sources } of config.organizations) {
    for (const [source, vendorIds] of Object.entries(sources)) {
      const mapping = (bySource[source] ??= {});
      for (const vendorId of vendorIds) mapping[vendorId] = key;
    }
  }
  return bySource;
}
