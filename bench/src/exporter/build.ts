import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { guardFolder } from '../../../testbed/src/guardian.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
let built: Promise<string> | undefined;

/**
 * The exporter as JavaScript, the way it is shipped, built once per run; returns its `main.js`. In a folder of its own,
 * so that neither an old nor a half-written `dist` is measured; removed when this process ends.
 */
export function buildExporter(): Promise<string> {
  built ??= compile();
  return built;
}

async function compile(): Promise<string> {
  mkdirSync(path.join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(path.join(root, '.cache/bench-exporter-'));
  guardFolder(folder);
  const tsc = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript')), 'tsc.js');
  const project = path.join(root, 'exporter/tsconfig.build.json');
  const dist = path.join(folder, 'dist');
  await promisify(execFile)(process.execPath, [tsc, '-p', project, '--outDir', dist, '--noCheck']);
  copyFileSync(path.join(root, 'exporter/package.json'), path.join(folder, 'package.json'));
  cpSync(path.join(root, 'exporter/templates'), path.join(folder, 'templates'), { recursive: true });
  return path.join(dist, 'main.js');
}
