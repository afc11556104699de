import { formatDuration } from './duration.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Finding } from './messages.ts';
import type { Sections, SourceConfig } from './schema.ts';

type Checkable = Partial<Sections> & { readonly sources: readonly SourceConfig[] };

/** What no section can see on its own: names that refer to other sections, and times that have to fit together. */
export function crossCheck(config: Checkable, sourceIds: ReadonlySet<string>): readonly Finding[] {
  return [
    ...references(config, sourceIds),
    ...groupReferences(config),
    ...organizationReferences(config),
    ...timing(config),
    ...scheduleLengths(config),
  ];
}

function references(config: Checkable, sourceIds: ReadonlySet<string>): Finding[] {
  const known = [...sourceIds];
  const places: [readonly PropertyKey[], string][] = [
    ...Object.keys(config.api?.webhooks ?? {}).map((id): [PropertyKey[], string] => [['api', 'webhooks', id], id]),
    ...Object.keys(config.identity?.templates ?? {}).map((id): [PropertyKey[], string] => [
      ['identity', 'templates', id],
      id,
    ]),
    ...(config.organizations ?? []).flatMap((organization, index) =>
      Object.keys(organization.sources).map((id): [PropertyKey[], string] => [
        ['organizations', index, 'sources', id],
        id,
      ]),
    ),
  ];
  return places
    .filter(([, id]) => !sourceIds.has(id))
    .map(([path, id]) => ({ path, message: `no source has the id "${id}"${hint(id, known)}`, atKey: true }));
}

/** Groups may also come from the RMM, so a name is doubtful only when it looks like a slip of a configured one. */
function groupReferences(config: Checkable): Finding[] {
  const known = (config.groups ?? []).map((group) => group.name);
  return Object.keys(config.policy?.budget.byGroup ?? {})
    .filter((name) => !known.includes(name) && known.some((other) => other.toLowerCase() === name.toLowerCase()))
    .map((name) => ({
      path: ['policy', 'budget', 'groups', name],
      message: `no group has the name "${name}"${hint(name, known)}`,
      atKey: true,
    }));
}

/** Only when every organization is listed can a name that is not listed be called wrong. */
function organizationReferences(config: Checkable): Finding[] {
  const known = (config.organizations ?? []).map((organization) => organization.key);
  if (known.length === 0) return [];
  const near = (name: string): boolean =>
    !known.includes(name) && known.some((other) => other.toLowerCase() === name.toLowerCase());
  const budgets = Object.keys(config.policy?.budget.byOrganization ?? {}).filter(near);
  const scopes = Object.entries(config.api?.grafana?.organizations ?? {}).flatMap(([id, scope]) =>
    scope === 'all' ? [] : scope.map((name, index) => ({ name, path: ['api', 'grafana', 'organizations', id, index] })),
  );
  return [
    ...budgets.map((name) => ({
      path: ['policy', 'budget', 'organizations', name],
      message: `no organization has the key "${name}"${hint(name, known)}`,
      atKey: true,
    })),
    ...scopes
      .filter(({ name }) => near(name))
      .map(({ name, path }) => ({
        path,
        message: `no organization has the key "${name}"${hint(name, known)}`,
        atKey: false,
      })),
  ];
}

/** A lookup that outlives the context delay can never open a window; it would only look as if it could. */
function timing(config: Checkable): Finding[] {
  const { watcher, policy } = config;
  if (watcher === undefined || policy === undefined) return [];
  if (watcher.intervalSeconds + watcher.lookupTimeoutSeconds < policy.contextDelaySeconds) return [];
  return [
    {
      path: ['watcher', 'lookup_timeout'],
      message: 'interval and lookup_timeout together must be shorter than policy.context_delay',
      atKey: false,
    },
  ];
}

function scheduleLengths({ maintenance_schedules: schedules, policy }: Checkable): Finding[] {
  if (schedules === undefined || policy === undefined) return [];
  const cap = policy.maintenance.capSeconds;
  return schedules.flatMap(({ recurrence }, index) =>
    recurrence.durationSeconds <= cap
      ? []
      : [
          {
            path: ['maintenance_schedules', index, 'duration'],
            message: `is longer than policy.maintenance.cap (${formatDuration(cap)}): plan several windows`,
            atKey: false,
          },
        ],
  );
}

function hint(name: string, known: readonly string[]): string {
  const near = didYouMean(name, known);
  return near === undefined ? '' : `, did you mean "${near}"?`;
}
