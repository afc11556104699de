import React from 'react';
import type { QueryEditorProps } from '@grafana/data';
import { Alert, Combobox, InlineField, InlineFieldRow } from '@grafana/ui';
import type { PatchhavenDataSource } from '../datasource';
import { migrateQuery } from '../migrate';
import type { PatchhavenOptions, PatchhavenQuery } from '../query';
import { DetailFields } from './DetailFields';
import { FilterFields } from './FilterFields';
import { OptionFields } from './OptionFields';
import { type QueryPart, queryTypeOptions } from './query-options';

export type EditorProps = QueryEditorProps<PatchhavenDataSource, PatchhavenQuery, PatchhavenOptions>;

/** First what to show, then of which devices, then how much of it. */
export function QueryEditor({ datasource, query: saved, onChange, onRunQuery }: EditorProps): React.JSX.Element {
  const { query, problem } = readQuery(saved);
  if (query === undefined) {
    return <Alert severity="warning" title={problem} />;
  }
  const change = (part: QueryPart) => {
    onChange({ ...query, ...part });
    onRunQuery();
  };
  return (
    <>
      <InlineFieldRow>
        <InlineField label="Show" labelWidth={16} htmlFor={`show-${query.refId}`}>
          <Combobox
            id={`show-${query.refId}`}
            width={32}
            options={queryTypeOptions}
            value={query.queryType}
            onChange={({ value }) => change({ queryType: value })}
          />
        </InlineField>
      </InlineFieldRow>
      <FilterFields directory={datasource.directory} query={query} onChange={change} />
      <DetailFields query={query} onChange={change} />
      <OptionFields query={query} onChange={change} />
    </>
  );
}

/** A query of a newer version is left as it is, not overwritten. */
function readQuery(saved: PatchhavenQuery): { query?: PatchhavenQuery; problem: string } {
  try {
    return { query: migrateQuery(saved), problem: '' };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'This query cannot be read.' };
  }
}
