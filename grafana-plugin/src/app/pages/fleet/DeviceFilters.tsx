import React, { useCallback, useMemo } from 'react';
import { Button, Combobox, Stack } from '@grafana/ui';
import { useSearchParams } from 'react-router-dom';
import { TextFilter } from '../../components/TextFilter';
import { TogglePill } from '../../components/TogglePill';
import { useExporter } from '../../context/AppContext';
import { useOrganization } from '../../hooks/useOrganization';
import { useResource } from '../../hooks/useResource';
import { useChangeParams, useUrlParam } from '../../hooks/useUrlParam';
import { filterNames } from './filters';

/** What people look for, one click each: the parameter and the value that says it. */
const pills = [
  ['Missing critical', 'missingCritical', 'true'],
  ['Failed', 'failed', 'true'],
  ['Waiting for restart', 'rebootPending', 'true'],
  ['Not compliant', 'compliance', 'non_compliant'],
  ['Unknown', 'compliance', 'unknown'],
  ['Quiet now', 'quiet', 'true'],
  ['Quiet time used up', 'quietCapped', 'true'],
  ['Not matched', 'identity', 'unmatched,ambiguous'],
  ['Data is old', 'stale', 'true'],
] as const;

/**
 * Filters of links from other pages, and values for which there is no pill. Each is shown, so that nobody wonders why the
 * list is short, and can be taken away by itself. Text, site and group have fields of their own.
 */
const givenFilters = [
  ['patch', 'Update'],
  ['patchStatus', 'Update is'],
  ['os', 'System'],
  ['source', 'Source'],
  ['compliance', 'Compliance'],
  ['identity', 'Match'],
  ['failed', 'Failed'],
  ['missingCritical', 'Missing critical'],
  ['rebootPending', 'Waiting for restart'],
  ['quiet', 'Quiet'],
  ['quietCapped', 'Quiet time used up'],
  ['maintenance', 'Maintenance'],
  ['stale', 'Data is old'],
] as const;

const hasPill = (name: string, value: string) => pills.some((pill) => pill[1] === name && pill[2] === value);

export function DeviceFilters(): React.JSX.Element {
  const [search] = useSearchParams();
  const change = useChangeParams();
  const clear = useCallback(() => change(Object.fromEntries(filterNames.map((name) => [name, undefined]))), [change]);
  const isFiltered = filterNames.some((name) => search.get(name));
  return (
    <Stack direction="column" gap={1}>
      <Stack gap={1} wrap="wrap">
        <TextFilter label="Search devices" placeholder="Name, host name, instance or id" />
        <PlaceFilter by="site" label="Site" />
        <PlaceFilter by="group" label="Group" />
      </Stack>
      <div role="group" aria-label="Filters">
        <Stack gap={1} wrap="wrap" alignItems="center">
          {pills.map(([label, name, value]) => {
            const isOn = search.get(name) === value;
            return (
              <TogglePill
                key={label}
                label={label}
                selected={isOn}
                onClick={() => change({ [name]: isOn ? undefined : value })}
              />
            );
          })}
          {givenFilters.map(([name, label]) => {
            const value = search.get(name);
            return value && !hasPill(name, value) ? (
              <TogglePill
                key={name}
                label={`${label}: ${toWords(value)}`}
                icon="times"
                selected
                onClick={() => change({ [name]: undefined })}
              />
            ) : null;
          })}
          {isFiltered && (
            <Button size="sm" variant="secondary" fill="text" icon="times" onClick={clear}>
              Clear filters
            </Button>
          )}
        </Stack>
      </div>
    </Stack>
  );
}

/** `missing,approved` → `missing or approved`; `true` → `yes`. */
function toWords(value: string): string {
  const flags: Readonly<Record<string, string>> = { true: 'yes', false: 'no' };
  return flags[value] ?? value.split(',').join(' or ').replace(/_/g, ' ');
}

function PlaceFilter({
  by,
  label,
}: {
  readonly by: 'site' | 'group';
  readonly label: string;
}): React.JSX.Element | null {
  const client = useExporter();
  const [organization] = useOrganization();
  const [place, setPlace] = useUrlParam(by);
  const { resource } = useResource(
    useCallback(
      (signal: AbortSignal) => client.get('/compliance', { query: { by, organization }, signal }),
      [client, by, organization],
    ),
  );
  const rows = resource.status === 'ready' || resource.status === 'stale' ? resource.data.rows : undefined;
  const options = useMemo(() => {
    const names = new Set([...(rows ?? []).map((row) => row[by]), place ?? null]);
    return [...names]
      .filter((name) => name !== null)
      .sort((a, b) => a.localeCompare(b))
      .map((name) => ({ value: name, label: name }));
  }, [rows, by, place]);
  if (options.length === 0) {
    return null;
  }
  return (
    <div role="group" aria-label={label}>
      <Combobox
        options={options}
        value={place ?? null}
        placeholder={`All ${by}s`}
        width={24}
        isClearable
        onChange={(option) => setPlace(option?.value)}
      />
    </div>
  );
}
