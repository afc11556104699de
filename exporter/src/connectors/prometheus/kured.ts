import type { Sample } from './api-schema.ts';

/**
 * kured_reboot_required{node} by node name and organization label. A name that two series share, or that more than one
 * pod reports differently, says nothing.
 */
export function createKured(samples: readonly Sample[], organizationLabel: string) {
  const byNode = new Map<string, Set<number>>();
  for (const { labels, value } of samples) {
    const key = JSON.stringify([labels[organizationLabel] ?? '', (labels['node'] ?? '').toLowerCase()]);
    byNode.set(key, (byNode.get(key) ?? new Set()).add(value));
  }
  return (organization: string | undefined, hostNames: readonly string[]): number | undefined => {
    const said = new Set(
      hostNames.flatMap((name) => [
        ...(byNode.get(JSON.stringify([organization ?? '', name.toLowerCase()])) ?? new Set<number>()),
      ]),
    );
    const [only] = said;
    return said.size === 1 ? only : undefined;
  };
}
