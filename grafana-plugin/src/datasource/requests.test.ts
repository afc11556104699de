import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ExporterClient } from '../shared/api/client';
import { proxyUrl, startFakeExporter } from '../test/fake-exporter';
import { golden, goldenNow } from '../test/golden';
import { Directory } from './directory';
import { type Filter } from './filters';
import { loadQuery } from './load/load';
import { defaultQuery, type PatchhavenQuery, queryTypes } from './query';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: { readonly enum?: readonly string[]; readonly description?: string; readonly format?: string };
}
interface Description {
  readonly paths: Readonly<Record<string, { readonly get?: { readonly parameters?: readonly Parameter[] } }>>;
}

const file = path.resolve(__dirname, '../../../docs/openapi.json');
const { paths } = JSON.parse(readFileSync(file, 'utf8')) as Description;

/** The exporter refuses parameters it does not know, so each one is held to the API description. */
function problemsOf(request: string): string[] {
  const [name = '', search] = request.split('?');
  const parameters = paths[name]?.get?.parameters ?? [];
  return [...new URLSearchParams(search)].flatMap(([key, value]) => {
    const parameter = parameters.find((candidate) => candidate.name === key && candidate.in === 'query');
    const words = parameter?.schema.enum ?? listed(parameter?.schema.description);
    if (parameter === undefined) {
      return [`${name} does not take ${key}`];
    }
    const isKnown = words === undefined || value.split(',').every((word) => words.includes(word));
    return isKnown ? [] : [`${name} does not take ${key}=${value}`];
  });
}

/** `Comma-separated: a, b.` → words */
function listed(description: string | undefined): readonly string[] | undefined {
  return /^Comma-separated: (.*)\.$/.exec(description ?? '')?.[1]?.split(', ');
}

const everyFilter: readonly Filter[] = (['organization', 'site', 'group', 'device', 'source'] as const).map((key) => ({
  key,
  operator: '=',
  values: [key === 'device' ? 'ninja:1' : key],
}));

async function requestsOf(query: Partial<PatchhavenQuery>, filters: readonly Filter[]): Promise<string[]> {
  const fake = startFakeExporter((asked) => {
    const name = asked.slice(1).split('?')[0] ?? '';
    return { data: name === 'rollouts' ? { items: [] } : golden(name) };
  });
  const client = new ExporterClient(proxyUrl);
  const range = { fromMs: goldenNow - 3_600_000, toMs: goldenNow, nowMs: goldenNow };
  const whole = { ...defaultQuery, refId: 'A', ...query };
  await loadQuery({ client, directory: new Directory(client), query: whole, filters, range });
  return fake.requests.filter((request) => !request.startsWith('/rollouts'));
}

describe('requests', () => {
  it.each(queryTypes)('of %s are all in the API description', async (queryType) => {
    const parts: Array<Partial<PatchhavenQuery>> = [
      { queryType },
      {
        queryType,
        windowKind: 'quiet',
        actions: ['refused'],
        severities: ['critical'],
        text: 'KB',
        includeClosed: true,
      },
      { queryType, by: 'group', depth: 'device', eventTypes: ['device.observed'], stateKind: 'uptime' },
    ];
    for (const part of parts) {
      for (const filters of [[], everyFilter]) {
        const requests = await requestsOf(part, filters);
        expect(requests.flatMap(problemsOf)).toEqual([]);
      }
    }
  });

  it('would be caught if they were not', () => {
    expect(problemsOf('/events?planet=earth&type=patch.installed,nonsense&limit=5')).toEqual([
      '/events does not take planet',
      '/events does not take type=patch.installed,nonsense',
    ]);
  });
});
