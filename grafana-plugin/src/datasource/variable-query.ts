import type { DataQuery } from '@grafana/schema';

export const variableTypes = ['organization', 'site', 'group', 'device', 'patch'] as const;
export type VariableType = (typeof variableTypes)[number];
export const deviceValues = ['id', 'instance', 'name'] as const;

/** Places may hold one variable each, so that lists narrow each other. */
export interface VariableQuery extends DataQuery {
  type: VariableType;
  organization: string;
  site: string;
  group: string;
  /** What a device variable holds; `instance` joins with Prometheus panels. */
  deviceValue: (typeof deviceValues)[number];
}

export const defaultVariableQuery: VariableQuery = {
  refId: 'PatchhavenVariable',
  type: 'organization',
  organization: '',
  site: '',
  group: '',
  deviceValue: 'id',
};

/** Saved queries, a bare word in a file written by hand, and the empty object an editor may hand over. */
export function toVariableQuery(saved: unknown): VariableQuery {
  const raw: Readonly<Record<string, unknown>> =
    typeof saved === 'string' ? { type: saved } : typeof saved === 'object' && saved !== null ? { ...saved } : {};
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    refId: text(raw.refId) || defaultVariableQuery.refId,
    type: variableTypes.find((type) => type === raw.type) ?? defaultVariableQuery.type,
    organization: text(raw.organization),
    site: text(raw.site),
    group: text(raw.group),
    deviceValue: deviceValues.find((value) => value === raw.deviceValue) ?? defaultVariableQuery.deviceValue,
  };
}
