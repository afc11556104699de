/** Half a surrogate pair has no UTF-8 form: two such values would become the same bytes, so it is replaced up front. */
const special = /[\\"\n]|[\ud800-\udfff]/u;
const allSpecial = /[\\"\n]|[\ud800-\udfff]/gu;

/** Escapes a label value for the text format and OpenMetrics, which agree on this. */
export function escapeLabelValue(value: string): string {
  const clean = value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
  if (!special.test(clean)) return clean;
  return clean.replace(allSpecial, (char) =>
    char === '\\' ? '\\\\' : char === '"' ? '\\"' : char === '\n' ? '\\n' : '\ufffd',
  );
}

/** `name="value"`; an empty value is the same as no label and gives ''. */
export function labelPair(name: string, value: string): string {
  return value === '' ? '' : `${name}="${escapeLabelValue(value)}"`;
}

/** Joins pairs with commas, leaving out empty ones. */
export function joinPairs(pairs: readonly string[]): string {
  return pairs.filter((pair) => pair !== '').join(',');
}

/** Throws RangeError when an external label name cannot stand beside our own. */
export function checkOrganizationLabel(name: string | null, used: Iterable<string>): void {
  if (name === null) return;
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || name.startsWith('__')) {
    throw new RangeError(`organization label ${JSON.stringify(name)} is not a valid label name`);
  }
  if (name === 'instance' || new Set(used).has(name)) {
    throw new RangeError(`organization label ${JSON.stringify(name)} is already the name of another label`);
  }
}
