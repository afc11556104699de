import { z } from 'zod';
import { isDay, isTimeZone, ruleProblem } from '../../schedule/recurrence.ts';
import { duration } from '../duration.ts';
import { matchKeys, name, namesSomething, words } from './common.ts';

const day = z.string().refine(isDay, 'must be a day such as 2026-12-24');

const exclusion = z
  .string()
  .transform((text, context) => {
    const [first = '', last = first, ...rest] = text.split('/');
    if (rest.length === 0 && isDay(first) && isDay(last) && first <= last) return { first, last };
    context.addIssue({ code: 'custom', message: `"${text}" is neither a day nor two as in 2026-12-24/2027-01-06` });
    return z.NEVER;
  })
  .meta({ typeName: 'day or span of days' });

const match = z
  .strictObject({ ...matchKeys, groups: words.describe('One of these groups, configured or of the RMM.') })
  .refine(namesSomething, 'must name at least one thing to match; to cover a whole client name its organization')
  .describe('Whose maintenance it is: devices for which every given key has one match.');

const schedule = z
  .strictObject({
    name: name.describe('Stands in the ledger as the owner of its windows.'),
    rule: z.string().describe('Days, as an RFC 5545 rule: `FREQ=MONTHLY;BYDAY=2TU`. No time of day.'),
    from: day.optional().describe('First day the rule counts from; required with `INTERVAL` or `COUNT`.'),
    offset_days: z
      .int()
      .min(0)
      .max(31)
      .default(0)
      .describe('Calendar days after each day of the rule: `3` for "second Tuesday plus 3 days".'),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 02:00')
      .describe('Local time it begins. A time that the clock change skips is taken an hour later.'),
    time_zone: z
      .string()
      .refine(isTimeZone, 'is not an IANA time zone such as Europe/Berlin')
      .describe('IANA time zone of `rule` and `at`.'),
    duration: duration({ min: '5m' }).describe('Elapsed time; at most `policy.maintenance.cap`.'),
    exclude: z.array(exclusion).default([]).describe('Days or spans of days (`2026-12-20/2027-01-06`) without it.'),
    reason: z.string().min(1).max(200).default('scheduled maintenance').describe('For the ledger and the screens.'),
    match,
  })
  .superRefine(({ rule, from }, context) => {
    const problem = ruleProblem(rule, from);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['rule'], message: `"${rule}" ${problem}` });
  })
  .transform(({ rule, from, offset_days: offsetDays, at, time_zone: timeZone, duration: durationSeconds, ...raw }) => ({
    name: raw.name,
    reason: raw.reason,
    match: raw.match,
    recurrence: {
      rule,
      offsetDays,
      at,
      timeZone,
      durationSeconds,
      exclude: raw.exclude,
      ...(from === undefined ? {} : { from }),
    },
  }));

/** Recurring maintenance: each occurrence becomes a planned window of every device it matches, a day ahead. */
export const maintenanceSchedulesSection = z
  .array(schedule)
  .superRefine((schedules, context) => {
    for (const [index, { name: own }] of schedules.entries())
      if (schedules.findIndex((other) => other.name === own) < index)
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `"${own}" is used twice` });
  })
  .prefault([]);
