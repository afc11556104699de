import type { components, paths } from './openapi';

type Schemas = components['schemas'];

export type ApiStatus = Schemas['ApiStatus'];
export type Candidates = Schemas['CandidateList'];
export type Check = Schemas['Check'];
export type ComplianceRow = Schemas['ComplianceRow'];
export type Device = Schemas['Device'];
export type DeviceDetail = Schemas['DeviceDetail'];
export type Explanation = Schemas['Explanation'];
export type LedgerLine = Schemas['LedgerLine'];
export type NewOrder = Schemas['NewOrder'];
export type Order = Schemas['Order'];
export type PatchEvent = Schemas['Event'];
export type PatchWindow = Schemas['Window'];
export type Problem = Schemas['Problem'];
export type Run = Schemas['Run'];
export type Source = Schemas['Source'];
export type Topology = Schemas['Topology'];
export type Update = Schemas['Update'];
export type UpdateDetail = Schemas['UpdateDetail'];

type Operation<P extends keyof paths, M extends keyof paths[P]> = paths[P][M];

/** Paths that can be read; the query and the answer of each are those of docs/openapi.json. */
export type ReadPath = { [P in keyof paths]: paths[P] extends { get: object } ? P : never }[keyof paths];

export type Query<P extends ReadPath> =
  Operation<P, 'get'> extends { parameters: { query?: infer Q } } ? NonNullable<Q> : Record<string, never>;

export type Answer<P extends ReadPath> =
  Operation<P, 'get'> extends { responses: { 200: { content: { 'application/json': infer A } } } } ? A : never;

/** Paths whose answer is a page of `items` with a `nextCursor`. */
export type PagedPath = {
  [P in ReadPath]: Answer<P> extends { items: unknown[]; nextCursor: string | null } ? P : never;
}[ReadPath];

export type Item<P extends PagedPath> = Answer<P> extends { items: Array<infer I> } ? I : never;
