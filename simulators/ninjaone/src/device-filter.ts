import { dateToUnixSeconds } from './params.ts';

/** What a `df` expression can ask about. */
export interface FilterSubject {
  readonly id: number;
  readonly organizationId: number;
  readonly locationId: number;
  readonly roleId: number;
  readonly nodeClass: string;
  readonly approvalStatus: string;
  readonly offline: boolean;
  readonly createdUnixSeconds: number;
  inGroup(groupId: number): boolean;
}

export interface DeviceFilter {
  matches(subject: FilterSubject): boolean;
  /** Tokens that had no effect. The vendor says nothing about them, which turns a typo into the whole fleet. */
  readonly ignored: readonly string[];
}

type Predicate = (subject: FilterSubject) => boolean;

const FIELDS: Readonly<Record<string, (subject: FilterSubject) => string>> = {
  org: ({ organizationId }) => String(organizationId),
  loc: ({ locationId }) => String(locationId),
  role: ({ roleId }) => String(roleId),
  id: ({ id }) => String(id),
  class: ({ nodeClass }) => nodeClass,
  status: ({ approvalStatus }) => approvalStatus,
};

/** Parses a device filter: terms joined with ` AND `, for example `org in (3,9) AND class = WINDOWS_SERVER`. */
export function parseDeviceFilter(df: string | undefined): DeviceFilter {
  const terms = df === undefined ? [] : df.split(/\s+AND\s+/i).map((term) => term.trim());
  const parsed = terms.map((term) => ({ term, predicate: parseTerm(term) }));
  const predicates = parsed.flatMap(({ predicate }) => (predicate === undefined ? [] : [predicate]));
  return {
    matches: (subject) => predicates.every((predicate) => predicate(subject)),
    ignored: parsed.filter(({ predicate }) => predicate === undefined).map(({ term }) => term),
  };
}

function parseTerm(term: string): Predicate | undefined {
  if (/^online$/i.test(term)) return ({ offline }) => !offline;
  if (/^offline$/i.test(term)) return ({ offline }) => offline;
  return parseGroup(term) ?? parseCreated(term) ?? parseSet(term) ?? parseEquality(term);
}

function parseGroup(term: string): Predicate | undefined {
  const id = /^group\s+(\d+)$/i.exec(term)?.[1];
  return id === undefined ? undefined : (subject) => subject.inGroup(Number(id));
}

function parseCreated(term: string): Predicate | undefined {
  const [, side, day] = /^created\s+(before|after)\s+(\d{4}-\d{2}-\d{2})$/i.exec(term) ?? [];
  const limit = day === undefined ? undefined : dateToUnixSeconds(day);
  if (limit === undefined) return undefined;
  const before = side?.toLowerCase() === 'before';
  return ({ createdUnixSeconds }) => (before ? createdUnixSeconds < limit : createdUnixSeconds >= limit);
}

function parseSet(term: string): Predicate | undefined {
  const [, field, operator, list] = /^(\w+)\s+(in|notin)\s*\(([^()]*)\)$/i.exec(term) ?? [];
  const read = FIELDS[field?.toLowerCase() ?? ''];
  if (read === undefined || list === undefined) return undefined;
  const values = new Set(list.split(',').map((value) => value.trim()));
  const wanted = operator?.toLowerCase() === 'in';
  return (subject) => values.has(read(subject)) === wanted;
}

function parseEquality(term: string): Predicate | undefined {
  const [, field, operator, value] = /^(\w+)(?:\s*(=)\s*|\s+(eq|neq)\s+)([\w-]+)$/i.exec(term)?.filter(isGiven) ?? [];
  const read = FIELDS[field?.toLowerCase() ?? ''];
  if (read === undefined) return undefined;
  const wanted = operator?.toLowerCase() !== 'neq';
  return (subject) => (read(subject) === value) === wanted;
}

const isGiven = (part: string | undefined): part is string => part !== undefined;
