import { z } from 'zod';
import type { Question } from '../../checks/check.ts';
import { checkTemplates, patterns, servicesSchema } from '../../checks/templates.ts';
import { matchKeys, name, words } from './common.ts';

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

const templateNames = [...checkTemplates.keys()] as [string, ...string[]];
const isOne = (count: number): boolean => count === 1;

const rmm = z
  .strictObject({
    services: patterns.describe('Windows services by their key, as regular expressions. All of them have to run.'),
    checks: patterns.describe(
      'Checks that the RMM runs itself, by the name it lists them under, as regular expressions.',
    ),
  })
  .refine(({ services, checks }) => services.length + checks.length > 0, 'must name at least one service or check');

const check = z
  .strictObject({
    name: name.describe('Name in metrics, alerts and the ledger.'),
    description: z.string().default('').describe('One sentence for the person on call.'),
    template: z.enum(templateNames).optional().describe('What ships with the product: docs/verification.md.'),
    services: servicesSchema.optional().describe('Services of your own that have to run.'),
    query: query
      .optional()
      .describe('PromQL that returns a value for a healthy device; `{{instance}}`, `{{organization}}` are filled in.'),
    rmm: rmm.optional().describe('What the RMM alone is asked.'),
    only_if_running_before: z
      .boolean()
      .default(false)
      .describe('Only for devices on which it was good before the outage.'),
    ...matchKeys,
    groups: words.describe('Devices in one of these groups, configured or of the RMM.'),
  })
  .refine(
    (raw) => isOne([raw.template, raw.services, raw.query, raw.rmm].filter((given) => given !== undefined).length),
    'needs exactly one of template, services, query and rmm',
  )
  .transform(
    ({
      name: own,
      description,
      template,
      services,
      query: text,
      rmm: ofRmm,
      only_if_running_before: onlyIf,
      ...match
    }) => {
      const known = template === undefined ? undefined : checkTemplates.get(template);
      const question: Question =
        text !== undefined
          ? { query: text }
          : ofRmm !== undefined
            ? { rmm: ofRmm }
            : { services: known?.services ?? services ?? { linux: [], windows: [] } };
      return {
        name: own,
        description: description === '' ? (known?.description ?? '') : description,
        question,
        onlyIfRunningBefore: onlyIf,
        match,
      };
    },
  );

/** Which devices get which health checks. Selectors of one check are alternatives within a key, and keys add up (AND). */
export const checksSection = z
  .array(check)
  .superRefine((checks, context) => {
    for (const [index, { name: checkName }] of checks.entries())
      if (checks.findIndex((other) => other.name === checkName) < index)
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `"${checkName}" is used twice` });
  })
  .prefault([]);
