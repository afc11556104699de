import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { configurationDocs } from './generators/configuration-docs.ts';
import { metricsDocs } from './generators/metrics-docs.ts';
import { openApi } from './generators/openapi.ts';

/** A file that is derived from code. */
export interface Generator {
  /** From the repository's root. */
  readonly file: string;
  render(): Promise<string>;
}

/** Everything `npm run generate` writes; add a generator by one line here. */
export const generators: readonly Generator[] = [metricsDocs, configurationDocs, openApi];

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

async function isCurrent({ file, render }: Generator): Promise<boolean> {
  const [present, wanted] = await Promise.all([readFile(path.join(root, file), 'utf8').catch(() => ''), render()]);
  return present === wanted;
}

/** Files that differ from what their generator gives. */
export async function findDrift(): Promise<string[]> {
  const current = await Promise.all(generators.map(isCurrent));
  return generators.filter((_, i) => current[i] !== true).map(({ file }) => file);
}

async function main(check: boolean): Promise<number> {
  const drifted = await findDrift();
  for (const file of drifted)
    console.log(check ? `${file} is not what its source says: run npm run generate` : `wrote ${file}`);
  if (check) return drifted.length === 0 ? 0 : 1;
  const changed = generators.filter(({ file }) => drifted.includes(file));
  await Promise.all(changed.map(async ({ file, render }) => writeFile(path.join(root, file), await render())));
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.includes('--check'));
