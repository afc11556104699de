import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../src/store/open-store.ts';

const kills = 50;
const eventsPerChild = 1_000_000;
const root = fileURLToPath(new URL('../../', import.meta.url));
const source = path.join(root, 'exporter/src');
const childFile = fileURLToPath(new URL('support/store-crash-child.mjs', import.meta.url));
let folder = '';

/** Store and domain as JavaScript, as the built product has them: a child then starts in a fraction of a second. */
function transpile(target: string): string {
  const files = ['domain', 'store'].flatMap((part) =>
    readdirSync(path.join(source, part), { recursive: true, encoding: 'utf8' }).map((name) => path.join(part, name)),
  );
  for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
    const { outputText } = ts.transpileModule(readFileSync(path.join(source, file), 'utf8'), {
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2023,
        rewriteRelativeImportExtensions: true,
        verbatimModuleSyntax: true,
      },
    });
    const output = path.join(target, file.replace(/\.ts$/, '.js'));
    mkdirSync(path.dirname(output), { recursive: true });
    writeFileSync(output, outputText);
  }
  writeFileSync(path.join(target, 'package.json'), '{ "type": "module" }');
  return pathToFileURL(path.join(target, 'store/open-store.js')).href;
}

beforeAll(() => {
  mkdirSync(path.join(root, '.cache'), { recursive: true });
  folder = mkdtempSync(path.join(root, '.cache/store-crash-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs one writer, kills it a random moment after its first acknowledgement, and returns the events it printed. */
async function writeUntilKilled(moduleUrl: string, storeUrl: string, first: number): Promise<number[]> {
  const child = spawn(process.execPath, [childFile, moduleUrl, storeUrl, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const exited = new Promise<string | null>((resolve) => {
    child.once('close', (_code, signal) => {
      resolve(signal);
    });
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), Math.random() * 100);
    output += text;
  });
  expect(await exited).toBe('SIGKILL');
  return output
    .slice(0, output.lastIndexOf('\n'))
    .split('\n')
    .flatMap((line) => {
      const [from = NaN, count = NaN] = line.split(' ').map(Number);
      return Array.from({ length: count }, (_, i) => from + i);
    });
}

it(`keeps every acknowledged event exactly once through ${String(kills)} kills`, async () => {
  const moduleUrl = transpile(path.join(folder, 'js'));
  const storeUrl = `sqlite://${folder}/crash.db`;
  const acknowledged: number[] = [];
  for (let round = 0; round < kills; round += 1) {
    acknowledged.push(...(await writeUntilKilled(moduleUrl, storeUrl, round * eventsPerChild)));
  }
  expect(acknowledged.length).toBeGreaterThan(kills * 10);

  const store = await openStore(storeUrl, { segmentSize: 256 });
  const stored: number[] = [];
  for (let afterSeq = 0; ;) {
    const page = await store.queryEvents({ scope: 'all', order: 'asc', limit: 10_000, afterSeq });
    stored.push(...page.map(({ dedupKey }) => Number(dedupKey)));
    const last = page.at(-1);
    if (last === undefined) break;
    afterSeq = last.seq;
  }
  const byOrganization = await store.queryEvents({ scope: ['acme'], order: 'asc', limit: stored.length + 1 });
  await store.close();

  expect(new Set(stored).size).toBe(stored.length);
  const known = new Set(stored);
  expect(acknowledged.filter((event) => !known.has(event))).toEqual([]);
  expect(byOrganization).toHaveLength(stored.length);
});
