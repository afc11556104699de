import { ExporterError } from '../../shared/api/exporter-error';
import { createMatcher, listOf } from '../filters';
import { rolloutsFrame, rolloutsVersion } from '../frames/rollouts';
import { complianceFrame, updatesFrame } from '../frames/tables';
import { topologyFrames } from '../frames/topology';
import { cutNotice, filterNotices, type Loaded, type LoadContext, spanOf } from './context';

export async function loadCompliance(context: LoadContext): Promise<Loaded> {
  const { client, query, filters, signal } = context;
  const { rows } = await client.get('/compliance', { query: { by: query.by, ...organizationOf(context) }, signal });
  const matches = createMatcher(filters);
  const shown = rows.filter(({ organization, site, group }) =>
    matches({
      organization,
      ...(query.by === 'site' && { site }),
      ...(query.by === 'group' && { group }),
    }),
  );
  const known = query.by === 'organization' ? (['organization'] as const) : (['organization', query.by] as const);
  return {
    frames: [complianceFrame(shown.slice(0, query.limit), options(context))],
    notices: [
      ...(shown.length > query.limit ? [cutNotice(query.limit, 'rows', false)] : []),
      ...filterNotices(context, known),
    ],
  };
}

export async function loadUpdates(context: LoadContext): Promise<Loaded> {
  const { client, query, filters, signal } = context;
  const [severity, ...others] = query.severities;
  const { items, isCut } = await client.getPages(
    '/updates',
    {
      query: {
        ...organizationOf(context),
        ...(query.text !== '' && { text: query.text }),
        ...(severity !== undefined && others.length === 0 && { severity }),
        open: query.includeClosed ? 'false' : 'true',
      },
      signal,
    },
    query.limit,
  );
  const matches = createMatcher(filters.filter(({ key }) => key !== 'kind'));
  const wanted: readonly string[] = query.severities;
  const shown = items.filter(
    (update) => matches({ severity: update.severity }) && (wanted.length === 0 || wanted.includes(update.severity)),
  );
  return {
    frames: [updatesFrame(shown, options(context))],
    notices: [
      ...(isCut ? [cutNotice(items.length, 'updates', false)] : []),
      ...severalOrganizations(context),
      ...filterNotices(context, ['organization', 'severity']),
    ],
  };
}

export async function loadTopology(context: LoadContext): Promise<Loaded> {
  const { client, query, filters, signal } = context;
  const sites = listOf(filters, 'site');
  const site = sites?.length === 1 ? sites[0] : undefined;
  const topology = await client.get('/topology', {
    query: { depth: query.depth, ...organizationOf(context), ...(site !== undefined && { site }) },
    signal,
  });
  const matches = createMatcher(filters.filter(({ key }) => key === 'organization'));
  const nodes = topology.nodes.filter(({ organization }) => matches({ organization }));
  const shown = nodes.slice(0, query.limit);
  return {
    frames: topologyFrames({ nodes: shown, edges: topology.edges }, options(context)),
    notices: [
      ...(nodes.length > shown.length ? [cutNotice(shown.length, 'nodes', false)] : []),
      ...filterNotices(context, site === undefined ? ['organization'] : ['organization', 'site']),
    ],
  };
}

export async function loadRollouts(context: LoadContext): Promise<Loaded> {
  const { client, query, signal } = context;
  try {
    const answer = await client.getUnknown(
      '/rollouts',
      { ...organizationOf(context), limit: Math.min(query.limit, 1000) },
      signal,
    );
    return {
      frames: [rolloutsFrame(answer, options(context))],
      notices: [...severalOrganizations(context), ...filterNotices(context, ['organization'])],
    };
  } catch (error) {
    if (error instanceof ExporterError && error.kind === 'not_found') {
      const notice = `This exporter has no rollouts yet: they need version ${rolloutsVersion} or later.`;
      return { frames: [rolloutsFrame({}, options(context))], notices: [notice] };
    }
    throw error;
  }
}

function organizationOf({ filters }: LoadContext): { organization?: string } {
  const values = listOf(filters, 'organization');
  return values?.length === 1 && values[0] !== undefined ? { organization: values[0] } : {};
}

/** Sums over several organizations come from the exporter, which adds up one or all. */
function severalOrganizations(context: LoadContext): string[] {
  const isNarrowed = organizationOf(context).organization !== undefined;
  return context.filters.some(({ key }) => key === 'organization') && !isNarrowed
    ? ['This query adds up one organization or all of them: choose one. All are shown.']
    : [];
}

function options(context: LoadContext) {
  return { refId: context.query.refId, span: spanOf(context) };
}
