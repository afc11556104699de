/** A PromQL string literal. */
export function promqlString(text: string): string {
  return JSON.stringify(text);
}

/** A PromQL string literal of a regular expression that matches one of the texts and nothing else. */
export function promqlAnyOf(texts: readonly string[]): string {
  return promqlString(texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'));
}

/** Whose series are meant. `organizationLabel` is null on a server that carries none. */
export interface SeriesOwner {
  readonly instance: string;
  readonly organization: string;
  readonly organizationLabel: string | null;
}

/** Label matchers, without braces, of one device. */
export function ownerMatchers({ instance, organization, organizationLabel }: SeriesOwner): string {
  const owner = organizationLabel === null ? '' : `, ${organizationLabel}=${promqlString(organization)}`;
  return `instance=${promqlString(instance)}${owner}`;
}
