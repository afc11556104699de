/** A cell that begins like this is run as a formula by spreadsheets; what names a device comes from other systems. */
const formula = /^[=+\-@\t\r]/;

/** Rows → CSV (RFC 4180), with cells that cannot be taken for formulas. */
export function toCsv(header: readonly string[], rows: ReadonlyArray<ReadonlyArray<string | null>>): string {
  return [header, ...rows].map((cells) => cells.map(toCell).join(',')).join('\r\n') + '\r\n';
}

function toCell(value: string | null): string {
  const text = value ?? '';
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
