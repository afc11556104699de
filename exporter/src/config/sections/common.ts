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
