import { readFile } from 'node:fs/promises';
import { openApiDocument } from '../../exporter/src/http/openapi.ts';
import type { Generator } from '../generate.ts';

const manifest = new URL('../../exporter/package.json', import.meta.url);

/** The API description, from the schemas that validate requests. */
export const openApi: Generator = {
  file: 'docs/openapi.json',
  async render() {
    const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
    return `${JSON.stringify(openApiDocument(version), null, 2)}\n`;
  },
};
