import { z } from 'zod';

/** Names of things the configuration defines: they end in metric labels and URLs. */
export const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
    'must be 1 to 63 letters, digits, "_", "." or "-", starting with a letter or digit',
  )
  .meta({ typeName: 'name' });

/** http(s) URL without user, query or trailing slash; the slash is taken away rather than refused. */
export const httpUrl = z
  .string()
  .transform((text, context): string => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
      context.addIssue({ code: 'custom', message: `"${text}" is not an http or https URL` });
      return z.NEVER;
    }
    if (url.username !== '' || url.password !== '') {
      context.addIssue({ code: 'custom', message: 'must not hold a user or password' });
      return z.NEVER;
    }
    return text.replace(/\/+$/, '');
  })
  .meta({ typeName: 'URL' });

/** Labels of Prometheus. */
export const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'is not a Prometheus label name');

export const words = z.array(z.string().min(1)).default([]);

/** Keys that choose devices, in groups and schedules alike. */
export const matchKeys = {
  tags: words.describe('One of these tags.'),
  sites: words.describe('One of these sites.'),
  organizations: words.describe('One of these organizations.'),
  devices: words.describe('One of these device ids, instances or names.'),
  os: z
    .array(z.enum(['windows', 'linux', 'macos', 'other']))
    .default([])
    .describe('One of these systems.'),
};

/** Nothing named would choose every device there is, by a slip. */
export function namesSomething(match: Readonly<Record<string, readonly string[]>>): boolean {
  return Object.values(match).some((list) => list.length > 0);
}
