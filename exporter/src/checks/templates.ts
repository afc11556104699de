import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Services } from './check.ts';

export interface CheckTemplate {
  readonly name: string;
  readonly description: string;
  readonly services: Services;
}

/** Regular expressions over whole names. */
export const patterns = z.array(z.string().refine(isRegExp, 'is not a regular expression')).default([]);

/** One service (or several that belong together) per system; a template for no system would check nothing. */
export const servicesSchema = z
  .strictObject({
    linux: patterns.describe('systemd units, as regular expressions: `nginx\\.service`. All of them have to run.'),
    windows: patterns.describe('Windows services by their key, as regular expressions. All of them have to run.'),
  })
  .refine(({ linux, windows }) => linux.length + windows.length > 0, 'must name at least one service');

const templateSchema = z.strictObject({
  name: z.string(),
  description: z.string().regex(/\.$/),
  services: servicesSchema,
});

const folder = new URL('../../templates/checks/', import.meta.url);

/** The templates that ship with the product, by name: one YAML file each in `templates/checks`. */
export const checkTemplates: ReadonlyMap<string, CheckTemplate> = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => templateSchema.parse(parse(readFileSync(new URL(file, folder), 'utf8'))))
    .map((template) => [template.name, template]),
);

function isRegExp(text: string): boolean {
  try {
    return text !== '' && new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
