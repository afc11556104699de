import { z } from 'zod';
import { duration } from '../duration.ts';

const fields = ['systemName', 'hostName', 'displayName', 'vendorId', 'ip'];
const placeholder = /\{\{\s*([^}]*?)\s*\}\}/g;

const template = z
  .strictObject({
    instance: z
      .string()
      .min(1)
      .superRefine((text, context) => {
        const used = [...text.matchAll(placeholder)].map((match) => match[1] ?? '');
        if (used.length === 0)
          context.addIssue({ code: 'custom', message: 'must name a field, such as {{systemName}}' });
        for (const word of used.filter((field) => !fields.includes(field)))
          context.addIssue({ code: 'custom', message: `{{${word}}} is not known: use one of ${fields.join(', ')}` });
      })
      .describe(
        `The \`instance\` a device has in Prometheus, such as \`{{systemName}}:9182\`. Fields: ${fields.join(', ')}.`,
      ),
    lower_case: z.boolean().default(true).describe('Lower-case the names first.'),
    domain_suffix: z
      .string()
      .regex(/^\.?[A-Za-z0-9.-]+$/, 'is not a domain')
      .optional()
      .describe('Added to names that have no dot.'),
  })
  .transform((raw) => ({
    template: raw.instance,
    lowerCase: raw.lower_case,
    ...(raw.domain_suffix === undefined ? {} : { domainSuffix: raw.domain_suffix.replace(/^\./, '') }),
  }));

const discovery = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Look for devices in the series Prometheus already has.'),
    interval: duration({ min: '1s', max: '1d' }).prefault('5m').describe('How often.'),
    jobs: z
      .array(z.string().min(1))
      .default(['node', 'windows'])
      .describe(
        'Only targets of these jobs name machines: an application’s exporter on the same host must not make it ambiguous. Empty: any job.',
      ),
  })
  .transform((raw) => ({ enabled: raw.enabled, intervalSeconds: raw.interval, jobs: raw.jobs }))
  .prefault({})
  .describe('Join by host name, FQDN or IP found in Prometheus.');

export const identitySection = z
  .strictObject({
    map: z
      .record(z.string().min(1), z.string().min(1))
      .default({})
      .describe('Device id (`<source>:<vendor id>`) to `instance`; goes before everything else.')
      .meta({ typeName: 'map' }),
    templates: z
      .record(z.string().min(1), template)
      .default({})
      .describe('Source id to the template of its instances.')
      .meta({ typeName: 'map to template' }),
    discovery,
  })
  .superRefine((raw, context) => {
    const byInstance = new Map<string, string>();
    for (const [device, instance] of Object.entries(raw.map)) {
      const other = byInstance.get(instance);
      if (other !== undefined)
        context.addIssue({
          code: 'custom',
          path: ['map', device],
          message: `"${instance}" is mapped by "${other}" too`,
        });
      byInstance.set(instance, device);
    }
  })
  .prefault({});
