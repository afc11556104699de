import { z } from 'zod';
import { name, words } from './common.ts';

const placeholder = /\{\{\s*([^}]*?)\s*\}\}/g;

const query = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    const used = [...text.matchAll(placeholder)].map((match) => match[1] ?? '');
    const wrong = used.filter((word) => !['instance', 'organization'].includes(word));
    for (const word of wrong)
      context.addIssue({
        code: 'custom',
        message: `{{${word}}} is not known: use {{instance}} and {{organization}}`,
      });
    if (!used.includes('instance'))
      context.addIssue({ code: 'custom', message: 'must name the device by {{instance}}' });
  });

const check = z
  .strictObject({
    name: name.describe('Name in metrics, alerts and the ledger.'),
    description: z.string().default('').describe('One sentence for the person on call.'),
    query: query.describe(
      'PromQL that returns a value for a healthy device; `{{instance}}`, `{{organization}}` are filled in.',
    ),
    groups: words.describe('Devices in one of these groups.'),
    devices: words.describe('These device ids or instances.'),
    os: z
      .array(z.enum(['windows', 'linux', 'macos', 'other']))
      .default([])
      .describe('Devices with one of these systems.'),
  })
  .transform((raw) => raw);

/** Which devices get which health checks. Selectors of one check are alternatives within a key, and keys add up (AND). */
export const checksSection = z
  .array(check)
  .superRefine((checks, context) => {
    for (const [index, { name: checkName }] of checks.entries())
      if (checks.findIndex((other) => other.name === checkName) < index)
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `"${checkName}" is used twice` });
  })
  .prefault([]);
