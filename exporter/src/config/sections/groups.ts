import { z } from 'zod';
import { words } from './common.ts';

const match = z
  .strictObject({
    tags: words.describe('One of these tags.'),
    sites: words.describe('One of these sites.'),
    organizations: words.describe('One of these organizations.'),
    devices: words.describe('One of these device ids, instances or names.'),
    source_groups: words.describe('One of these groups, policies or folders of the RMM.'),
    os: z
      .array(z.enum(['windows', 'linux', 'macos', 'other']))
      .default([])
      .describe('One of these systems.'),
  })
  .refine((raw) => Object.values(raw).some((list) => list.length > 0), 'must name at least one thing to match')
  .transform((raw) => ({
    tags: raw.tags,
    sites: raw.sites,
    organizations: raw.organizations,
    devices: raw.devices,
    sourceGroups: raw.source_groups,
    os: raw.os,
  }))
  .describe('A device is in the group when every given key has one match.');

const group = z.strictObject({
  name: z.string().min(1).max(128).describe('Name of the group.'),
  match,
});

export const groupsSection = z
  .array(group)
  .superRefine((groups, context) => {
    for (const [index, { name }] of groups.entries())
      if (groups.findIndex((other) => other.name === name) < index)
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `"${name}" is used twice` });
  })
  .prefault([]);
