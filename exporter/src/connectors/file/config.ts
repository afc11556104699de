import { z } from 'zod';

/** Options of a `file` source. The file format is described in docs/connectors/file.md. */
export const FileOptions = z.strictObject({
  /** Every `*.json` and `*.csv` in it is read; together they are the whole fleet. */
  directory: z.string().min(1),
  /** A file older than this is a failure: stale facts must not pass for fresh ones. */
  maxAgeSeconds: z
    .number()
    .positive()
    .default(24 * 3600),
  maxFileBytes: z
    .int()
    .positive()
    .default(256 * 1024 * 1024),
});
export type FileOptions = z.output<typeof FileOptions>;
