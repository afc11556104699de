import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { anchorOf, findBrokenReferences } from './check-docs.mjs';

const workFolder = mkdtempSync(path.join(tmpdir(), 'patchhaven-docs-'));
afterAll(() => {
  rmSync(workFolder, { recursive: true, force: true });
});

let count = 0;
function repository(files: Readonly<Record<string, string>>): string {
  count += 1;
  const root = path.join(workFolder, String(count));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return root;
}

const broken = (text: string, file = 'docs/page.md'): readonly string[] =>
  findBrokenReferences(repository({ 'src/main.ts': '', 'docs/other.md': '# One & two\n', [file]: text })).map(
    ({ line, reference }) => `${String(line)} ${reference}`,
  );

describe('the documents of this repository', () => {
  it('cite nothing that is gone (node tools/check-docs.mjs)', () => {
    expect(findBrokenReferences(fileURLToPath(new URL('..', import.meta.url)))).toEqual([]);
  });
});

describe('findBrokenReferences', () => {
  it.each([
    ['a link to a file that is gone', 'x\n[a](gone.md)', ['2 gone.md']],
    ['a link to a heading that is gone', '[a](other.md#three)', ['1 other.md#three']],
    ['a path that is gone in a folder that exists', 'see `src/gone.ts`', ['1 src/gone.ts']],
    ['a wildcard below a folder that is gone', '`src/gone/*.ts`', ['1 src/gone/*.ts']],
    [
      'a page of ours on GitHub that is gone',
      'https://github.com/patchhaven/patchhaven/blob/main/docs/gone.md',
      ['1 https://github.com/patchhaven/patchhaven/blob/main/docs/gone.md'],
    ],
  ])('finds %s', (_, text, expected) => {
    expect(broken(text)).toEqual(expected);
  });

  it('finds a page that only a comment of the code cites', () => {
    expect(broken('const a = 1;\n// see docs/gone.md\n', 'src/a.ts')).toEqual(['2 docs/gone.md']);
  });

  it.each([
    ['links that work', '[a](other.md) [b](other.md#one--two) [c](../src) [d](#here)\n# Here'],
    ['paths from the root, from the folder of the page, and with wildcards', '`src/main.ts` `docs/*.md` `./other.md`'],
    ['what is no path of ours', '`text/plain` `/etc/hosts` `a / b` [x](https://example.com/gone.md)'],
    ['examples in code blocks', '```sh\ncat src/gone.ts # [a](gone.md)\n```'],
  ])('lets pass %s', (_, text) => {
    expect(broken(text)).toEqual([]);
  });
});

describe('anchorOf', () => {
  it.each([
    ['Add it to an existing Prometheus', 'add-it-to-an-existing-prometheus'],
    ['One & two', 'one--two'],
    ['What `honor_labels` does', 'what-honor_labels-does'],
  ])('turns %s into %s', (heading, anchor) => {
    expect(anchorOf(heading)).toBe(anchor);
  });
});
