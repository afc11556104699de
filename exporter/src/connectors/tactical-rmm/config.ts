import { z } from 'zod';
import { baseUrlOption, httpOptions } from '../http-options.ts';
import { secretOption } from '../secret.ts';
import { isTimeZone } from '../vendor-time.ts';

/** Options of a `tactical-rmm` source. Every key is described in docs/connectors/tactical-rmm.md. */
export const TacticalOptions = z.strictObject({
  baseUrl: baseUrlOption,
  apiKey: secretOption,
  /** Zone of the server, in which it writes install dates without saying so. Left out: those dates are unknown. */
  timeZone: z.string().refine(isTimeZone, 'is not a time zone, such as Europe/Berlin').optional(),
  /** Install attempts older than this are left out. */
  installHistoryDays: z.int().min(1).max(365).default(30),
  /** Custom field whose text (parts separated by commas) or list holds tags. */
  tagsCustomField: z.int().positive().optional(),
  /** Update lists are one request per agent: how many of them one complete read may ask for. */
  updateListsPerRead: z.int().min(1).max(100_000).default(2000),
  /** An update list older than this is unknown. */
  updateListMaxAgeHours: z.number().positive().max(720).default(24),
  http: httpOptions({ ratePerSecond: 10, burst: 20, concurrency: 4 }),
});
export type TacticalOptions = z.output<typeof TacticalOptions>;
