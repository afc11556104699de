import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

interface IconSet {
  readonly icons: Readonly<Record<string, { readonly body: string } | undefined>>;
}

const unicons = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('@iconify-json/uil/icons.json'), 'utf8'),
) as IconSet;

/**
 * An icon of Grafana as SVG text; undefined when there is none. The npm package brings those that its own components
 * draw; the others are Unicons, which Grafana's set is made of.
 */
export function readIcon(images: string, name: string): string | undefined {
  const file = path.join(images, path.posix.normalize(`/${name}`));
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const icon = unicons.icons[path.basename(name, '.svg')];
  return icon && `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${icon.body}</svg>`;
}
