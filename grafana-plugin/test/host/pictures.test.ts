import { readdirSync, readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { screens } from '../browser/screens.ts';

const docs = new URL('../../../docs/', import.meta.url);
const wanted = screens.flatMap(({ picture }) =>
  picture === undefined ? [] : [`${picture.name}-dark.png`, `${picture.name}-light.png`],
);

it('has exactly the pictures of the screens, dark and light, none of them heavy', () => {
  const folder = new URL('pictures/', docs);
  expect(readdirSync(folder).sort()).toEqual([...wanted].sort());
  for (const name of wanted) expect(statSync(new URL(name, folder)).size, name).toBeLessThan(250_000);
});

it('shows each of them in the documents', () => {
  const page = readFileSync(new URL('grafana.md', docs), 'utf8');
  expect(wanted.filter((name) => !page.includes(`pictures/${name}`))).toEqual([]);
});
