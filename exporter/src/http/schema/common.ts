import { z } from 'zod';
import 'zod-openapi';
import { fromRfc3339 } from '../../domain/time.ts';

/** Time in an answer. */
export const Time = z.iso.datetime({ precision: 3 }).meta({ id: 'Time', description: 'RFC 3339, UTC, milliseconds.' });

/** Time in a request → epoch seconds. */
export const TimeInput = z
  .string()
  .transform((text, context): number => {
    const at = fromRfc3339(text);
    if (at !== undefined) return at;
    context.addIssue({ code: 'custom', message: 'must be an RFC 3339 time with a zone' });
    return z.NEVER;
  })
  .meta({ override: { type: 'string', format: 'date-time' } });

export const DeviceId = z
  .string()
  .min(1)
  .max(512)
  .meta({ description: '`<source>:<vendor id>`', example: 'ninja:4711' });

export const DeviceParams = z.object({ id: DeviceId });

export const Patch = z.object({ id: z.string(), title: z.string() }).meta({ id: 'Patch' });

const maxPage = 1000;
const cursor = z.string().min(1).max(2048).optional().meta({ description: '`nextCursor` of the page before.' });
const limit = z.coerce.number().int().min(1).max(maxPage).default(100);

export const Paging = z.strictObject({ cursor, limit });

export const organizationFilter = z.string().min(1).optional().meta({ description: 'Only this organization.' });

/** `true` / `false` in a query. */
export const Flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Comma-separated words of a closed list. */
export function listOf<const T extends readonly [string, ...string[]]>(values: T) {
  const word = z.enum(values);
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(word))
    .meta({ override: { type: 'string', description: `Comma-separated: ${values.join(', ')}.` } });
}

export const nextCursor = z.string().nullable().meta({ description: 'null on the last page.' });

export function page<T extends z.ZodType>(name: string, item: T) {
  return z.object({ items: z.array(item), nextCursor }).meta({ id: name });
}
