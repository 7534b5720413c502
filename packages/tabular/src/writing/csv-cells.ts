/** What a spreadsheet would run or strip when it opens a file, and the mark itself; also in the full width of East Asia. */
const MARKED = /^[=+\-@\t\r\n'\uff1d\uff0b\uff0d\uff20]/;

/** Marks a text as text where a spreadsheet would take it for a formula: a leading `'`, contract §8. */
function markCell(text: string): string {
  return MARKED.test(text) ? `'${text}` : text;
}

/** Takes the mark from a cell; every text comes back from `markCell` as it was, and `'s-Hertogenbosch` stays itself. */
export function unmarkCell(text: string): string {
  return text.startsWith("'") && MARKED.test(text.slice(1)) ? text.slice(1) : text;
}

/** One line of CSV (RFC 4180) with its line end; cells that a spreadsheet would run are marked. */
export function csvLine(cells: readonly string[], delimiter: string): string {
  return `${cells.map((cell) => quoteCell(markCell(cell), delimiter)).join(delimiter)}\r\n`;
}

// Readers may take away white space at the ends where no quotes keep it.
function quoteCell(text: string, delimiter: string): string {
  return text.includes(delimiter) || /["\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
