import React, { useCallback, useMemo } from 'react';
import { Combobox } from '@grafana/ui';
import { useExporter } from '../context/AppContext';
import { useOrganization } from '../hooks/useOrganization';
import { useResource } from '../hooks/useResource';

/** Narrows the page to one organization. Nothing to choose from, nothing shown. */
export function OrganizationPicker(): React.JSX.Element | null {
  const client = useExporter();
  const [organization, setOrganization] = useOrganization();
  const { resource } = useResource(
    useCallback(
      (signal: AbortSignal) => client.get('/compliance', { query: { by: 'organization' }, signal }),
      [client],
    ),
  );
  const known = resource.status === 'ready' || resource.status === 'stale' ? resource.data.rows : undefined;
  const options = useMemo(() => {
    const names = new Set((known ?? []).map((row) => row.organization));
    return [...names, ...(organization !== undefined && !names.has(organization) ? [organization] : [])]
      .sort((a, b) => a.localeCompare(b))
      .map((name) => ({ value: name, label: name }));
  }, [known, organization]);
  if (options.length <= 1 && organization === undefined) {
    return null;
  }
  return (
    <div role="group" aria-label="Organization">
      <Combobox
        options={options}
        value={organization ?? null}
        placeholder="All organizations"
        prefixIcon="building"
        width={28}
        isClearable
        onChange={(option) => setOrganization(option?.value)}
      />
    </div>
  );
}
