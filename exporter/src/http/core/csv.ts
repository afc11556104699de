export type Cell = string | number | boolean | null;

/**
 * Where a spreadsheet would start to read a formula: a cell that begins like one, also after a separator that another
 * locale splits at. Source: OWASP "CSV Injection".
 */
const formulaStart = /(?<=^|[;\t\r\n])(?= *[=+\-@\t\r＝＋－＠])/g;

/** One line of RFC 4180, with its end. Text that reads like a formula gets an apostrophe, so that it stays text. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell);
  const text = cell.replace(formulaStart, "'");
  return /[",;\r\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
