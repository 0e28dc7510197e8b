// Tables for spreadsheets, which take a cell that begins like a formula for one.

/** Excel, LibreOffice and Google Sheets run what follows; tab and CR are skipped before they look. Source: OWASP, CSV Injection. */
const formula = /^[\s\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20|%]|^[\t\r\n]/u;

/** RFC 4180, with an apostrophe before what a spreadsheet would run. Numbers stay numbers. */
export function formatCsv(header: readonly string[], rows: Iterable<readonly (string | number | null)[]>): string {
  const lines = [header, ...rows].map(cells => cells.map(formatCell).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function formatCell(cell: string | number | null): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = formula.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
