import { z } from 'zod';
import { baseUrlOption, httpOptions } from '../http-options.ts';
import { secretOption } from '../secret.ts';
import { isTimeZone } from '../vendor-time.ts';

/** Options of a `connectwise-automate` source. Every key is described in docs/connectors/connectwise-automate.md. */
export const AutomateOptions = z.strictObject({
  baseUrl: baseUrlOption,
  /** The integration's id from the developer site; sent with every request. */
  clientId: z.string().min(1),
  userName: z.string().min(1),
  userPassword: secretOption,
  /** Zone of the times that the server writes without one. Left out: those times are unknown. */
  timeZone: z.string().refine(isTimeZone, 'is not a time zone, such as Europe/Berlin').optional(),
  /** Installs older than this are left out. */
  installHistoryDays: z.int().min(1).max(365).default(30),
  /** What the names of approvals mean on this server, beside the usual ones. */
  approvalWords: z.record(z.string().min(1), z.enum(['missing', 'approved', 'rejected'])).default({}),
  /** Computers per page; the server's database suffers from large ones. */
  pageSize: z.int().min(1).max(1000).default(500),
  /** Update lists cost two requests per computer: how many of them one complete read may ask for. */
  updateListsPerRead: z.int().min(1).max(100_000).default(1000),
  /** An update list older than this is unknown. */
  updateListMaxAgeHours: z.number().positive().max(720).default(24),
  /** Name of the command that reboots a computer, compared whole and without case. */
  rebootCommand: z.string().trim().min(1).default('Reboot'),
  http: httpOptions({ ratePerSecond: 5, burst: 10, concurrency: 3, timeoutMs: 60_000 }),
});
export type AutomateOptions = z.output<typeof AutomateOptions>;
