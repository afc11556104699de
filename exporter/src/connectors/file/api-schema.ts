/**
 * The file format, version 1 (docs/connectors/file.md). It is ours, so it is strict: a misspelt key makes the object
 * malformed instead of quietly unknown. Only the words for status, severity and kind are lenient.
 */
import { z } from 'zod';
import { fromRfc3339 } from '../../domain/time.ts';
import { plausible } from '../vendor-time.ts';

const word = z.string().trim().min(1);
const words = z.array(word).default([]);

/** RFC 3339 with a zone, or epoch seconds; of this century, or the machine that says so has lost its clock. */
export const Time = z
  .union([
    z.number().lt(1e11, 'must be epoch seconds, not milliseconds'),
    z.string().transform((text, context) => {
      const at = fromRfc3339(text);
      if (at === undefined) context.addIssue({ code: 'custom', message: 'must be RFC 3339 with a zone' });
      return at ?? z.NEVER;
    }),
  ])
  .refine((at) => plausible(at) !== undefined, 'must be a time of this century');

export const FilePatch = z.strictObject({
  id: word,
  title: word.optional(),
  severity: z.string().optional(),
  kind: z.string().optional(),
  status: z.string(),
  firstSeenAt: Time.optional(),
  installedAt: Time.optional(),
});
export type FilePatch = z.output<typeof FilePatch>;

export const FileDevice = z.strictObject({
  id: word,
  organization: word,
  site: word.optional(),
  groups: words,
  tags: words,
  displayName: word.optional(),
  hostNames: words,
  ipAddresses: words,
  instance: word.optional(),
  parentId: word.optional(),
  os: z
    .strictObject({
      name: word,
      build: word.optional(),
      family: z.enum(['windows', 'linux', 'macos', 'other']).default('other'),
    })
    .optional(),
  lastSeenAt: Time.optional(),
  lastBootAt: Time.optional(),
  rebootPending: z.boolean().optional(),
  /** Left out = unknown; `[]` = none. */
  patches: z.array(z.unknown()).optional(),
});
export type FileDevice = z.output<typeof FileDevice>;

export const FileSnapshot = z.strictObject({
  format: z.literal('patchhaven.snapshot/v1'),
  generatedAt: Time.optional(),
  devices: z.array(z.unknown()),
});
