import { z } from 'zod';
import { baseUrlOption, httpOptions } from '../http-options.ts';
import { secretOption } from '../secret.ts';

/** Options of a `datto-rmm` source. Every key is described in docs/connectors/datto-rmm.md. */
export const DattoOptions = z.strictObject({
  /** The API host of the account's platform, such as https://pinotage-api.centrastage.net. */
  baseUrl: baseUrlOption,
  apiKey: z.string().min(1),
  apiSecret: secretOption,
  /** Number of the user-defined field that holds tags, separated by commas. */
  tagsUdf: z.int().min(1).max(300).optional(),
  /** The account has 600 reads a minute for everyone who asks; who goes on past them is blocked. */
  http: httpOptions({ ratePerSecond: 5, burst: 10, maxRetryAfterSeconds: 180 }),
});
export type DattoOptions = z.output<typeof DattoOptions>;
