import { readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(__dirname, '../../../exporter/test/golden/api');

/** An answer of the exporter as its own tests hold it, fresh for each test. */
export function golden<T = unknown>(name: string): T {
  return JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as T;
}

/** The moment the goldens were written at. */
export const goldenNow = Date.parse('2026-03-10T02:00:06.000Z');
