import { z } from 'zod';

const vendorIds = z.array(z.union([z.string().min(1), z.int().transform(String)], { error: 'must be an id' }));

const organization = z.strictObject({
  key: z.string().min(1).max(128).describe('Value of the `organization` label. Keep it for ever.'),
  name: z.string().min(1).optional().describe('Name for people. Default: the key.'),
  sources: z
    .record(z.string().min(1), vendorIds)
    .default({})
    .describe('Source id to the vendor’s ids of this organization.')
    .meta({ typeName: 'map to list' }),
});

/** Organizations that are not listed get a key from the vendor's name for them. */
export const organizationsSection = z
  .array(organization)
  .superRefine((organizations, context) => {
    const owners = new Map<string, string>();
    const claim = (what: string, owner: string, path: (string | number)[], message: string): void => {
      if (owners.has(what)) context.addIssue({ code: 'custom', path, message });
      owners.set(what, owner);
    };
    for (const [index, { key, sources }] of organizations.entries()) {
      claim(`key ${key}`, key, [index, 'key'], `"${key}" is used twice`);
      for (const [source, ids] of Object.entries(sources))
        for (const [at, id] of ids.entries())
          claim(
            `id ${source}:${id}`,
            key,
            [index, 'sources', source, at],
            `"${id}" belongs to "${owners.get(`id ${source}:${id}`) ?? ''}" already`,
          );
    }
  })
  .transform((organizations) =>
    organizations.map((entry) => ({ key: entry.key, name: entry.name ?? entry.key, sources: entry.sources })),
  )
  .prefault([]);
