#!/usr/bin/env node
/**
 * Checks that what the documents cite is there: `node tools/check-docs.mjs`. Exit status 1 when something is gone.
 *
 *   * markdown links and pictures (also as HTML) into the repository, with their #anchors;
 *   * code spans that look like a path and begin with a file or folder of the repository, or of the document's folder;
 *   * links to this repository on GitHub, also in rules and dashboards;
 *   * `docs/….md` in comments of the code, of scripts and of configuration;
 *   * `npm run …` in documents: a script that some package of the repository has.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ignored = new Set(['node_modules', 'dist', 'coverage', 'data', '.git', '.cache']);
const own = 'https://github.com/patchhaven/patchhaven/blob/main/';

function* filesBelow(root, folder = '') {
  for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
    if (ignored.has(entry.name)) continue;
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(root, file);
    else yield file;
  }
}

/** Fenced code becomes empty lines, so that line numbers stay. */
function withoutFences(text) {
  return text.replaceAll(/^([ \t]*)(```|~~~)[\s\S]*?^\1\2[ \t]*$/gm, (block) => block.replaceAll(/[^\n]/g, ''));
}

function* matches(text, pattern) {
  for (const match of text.matchAll(pattern))
    yield { found: match[1], line: text.slice(0, match.index).split('\n').length };
}

/** As GitHub makes them: lower case, no punctuation, dashes for spaces. */
export function anchorOf(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-');
}

function hasAnchor(file, anchor) {
  if (!file.endsWith('.md') || statSync(file).isDirectory()) return true;
  const headings = withoutFences(readFileSync(file, 'utf8')).matchAll(/^#{1,6} (.+)$/gm);
  return [...headings].some(([, heading]) => anchorOf(heading) === anchor);
}

function linkWorks(root, document, link) {
  const [target, anchor] = link.split('#');
  const file = target === '' ? path.join(root, document) : path.resolve(root, path.dirname(document), target);
  return existsSync(file) && (anchor === undefined || hasAnchor(file, anchor));
}

/** Undefined: not a path of ours. */
function spanWorks(root, document, span) {
  if (!/^[\w@.-]+(\/[\w@.*-]+)+\/?$/.test(span)) return undefined;
  const segments = span.split('/').filter(Boolean);
  if (segments.some((segment) => ignored.has(segment))) return undefined;
  const bases = [root, path.join(root, path.dirname(document))].filter((base) =>
    existsSync(path.join(base, segments[0])),
  );
  if (bases.length === 0) return undefined;
  const wildcard = segments.findIndex((segment) => segment.includes('*'));
  const fixed = wildcard === -1 ? segments : segments.slice(0, wildcard);
  return bases.some((base) => existsSync(path.join(base, ...fixed)));
}

/** Every script that `npm run` knows in some package of the repository. */
function scriptNames(root, files) {
  const packages = files.filter((file) => path.basename(file) === 'package.json');
  return new Set(
    packages.flatMap((file) => Object.keys(JSON.parse(readFileSync(path.join(root, file), 'utf8')).scripts ?? {})),
  );
}

/** Fences included: what people paste stands there. */
function* brokenScripts(file, text, scripts) {
  for (const { found, line } of matches(text, /\bnpm run (?:--silent )?([a-z][\w:-]*)/g))
    if (!scripts.has(found)) yield { file, line, reference: `npm run ${found}` };
}

function* brokenInMarkdown(root, file, text) {
  const prose = withoutFences(text);
  for (const { found, line } of matches(prose, /\b(?:src|srcset|href)="([^"\s]+)"/g))
    if (!/^[a-z]+:/.test(found) && !linkWorks(root, file, found)) yield { file, line, reference: found };
  for (const { found, line } of matches(prose, /\]\(([^)\s]+)\)/g))
    if (!/^[a-z]+:/.test(found) && !linkWorks(root, file, found)) yield { file, line, reference: found };
  for (const { found, line } of matches(prose, /`([^`\n]+)`/g))
    if (spanWorks(root, file, found) === false) yield { file, line, reference: found };
}

function* brokenUrls(root, file, text) {
  for (const { found, line } of matches(
    text,
    /https:\/\/github\.com\/patchhaven\/patchhaven\/blob\/main\/([\w./-]*\w)/g,
  ))
    if (!existsSync(path.join(root, found))) yield { file, line, reference: own + found };
}

function* brokenInCode(root, file, text) {
  for (const { found, line } of matches(text, /(?:\/\/|\*|#).*\b(docs\/[\w/.-]+\.md)\b/g))
    if (!existsSync(path.join(root, found))) yield { file, line, reference: found };
}

const checks = [
  [/\.md$/, brokenInMarkdown],
  [/\.md$|^dashboards\/.*\.json$|^alert-rules\/rules\//, brokenUrls],
  [/(?<!\.test)\.(tsx?|mjs|cjs|sh|ps1)$|\.ya?ml$|(^|\/)Dockerfile$/, brokenInCode],
];

/** Every reference below `root` that leads nowhere. */
export function findBrokenReferences(root) {
  const files = [...filesBelow(root)];
  const scripts = scriptNames(root, files);
  const all = [...checks, [/\.md$/, (_root, file, text) => brokenScripts(file, text, scripts)]];
  return files.flatMap((file) => {
    const mine = all.filter(([pattern]) => pattern.test(file));
    if (mine.length === 0) return [];
    const text = readFileSync(path.join(root, file), 'utf8');
    return mine.flatMap(([, find]) => [...find(root, file, text)]);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const broken = findBrokenReferences(fileURLToPath(new URL('..', import.meta.url)));
  for (const { file, line, reference } of broken)
    console.log(`${file}:${line} cites ${reference}, which does not exist`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}
