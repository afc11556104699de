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
  findBrokenReferences(
    repository({
      'src/main.ts': '',
      'docs/other.md': '# One & two\n',
      'docs/a.png': '',
      'plugin/package.json': '{"scripts": {"look": "-"}}',
      [file]: text,
    }),
  ).map(({ line, reference }) => `${String(line)} ${reference}`);

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
    ['a picture that is gone', '![a](gone.png)', ['1 gone.png']],
    [
      'pictures that are gone in HTML',
      '<source srcset="gone-dark.png">\n<img src="gone.png">',
      ['1 gone-dark.png', '2 gone.png'],
    ],
    ['a script that no package has', 'run `npm run gone`', ['1 npm run gone']],
    ['a script that no package has, in a code block', '```sh\nnpm run gone -- --all\n```', ['2 npm run gone']],
    ['a wildcard below a folder that is gone', '`src/gone/*.ts`', ['1 src/gone/*.ts']],
    [
      'a page of ours on GitHub that is gone',
      'https://github.com/patchhaven/patchhaven/blob/main/docs/gone.md',
      ['1 https://github.com/patchhaven/patchhaven/blob/main/docs/gone.md'],
    ],
  ])('finds %s', (_, text, expected) => {
    expect(broken(text)).toEqual(expected);
  });

  it.each([
    ['src/a.ts', 'const a = 1;\n// see docs/gone.md\n'],
    ['src/a.tsx', '/**\n * See docs/gone.md. */\n'],
    ['agents/a.sh', '#!/bin/sh\n# see docs/gone.md\n'],
    ['plugin/Dockerfile', 'FROM a\n# see docs/gone.md\n'],
  ])('finds a page that only a comment of %s cites', (file, text) => {
    expect(broken(text, file)).toEqual(['2 docs/gone.md']);
  });

  it.each([
    ['links that work', '[a](other.md) [b](other.md#one--two) [c](../src) [d](#here)\n# Here'],
    ['pictures that are there', '![a](a.png) <img src="a.png"> <a href="https://example.com/gone">x</a>'],
    ['scripts that some package has', '`npm run look -- /a/page`'],
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
