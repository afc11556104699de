import { z } from 'zod';
import { matchKeys, namesSomething, words } from './common.ts';

const match = z
  .strictObject({
    ...matchKeys,
    source_groups: words.describe('One of these groups, policies or folders of the RMM.'),
  })
  .refine(namesSomething, 'must name at least one thing to match')
  .transform(({ source_groups: groups, ...rest }) => ({ ...rest, groups }))
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
