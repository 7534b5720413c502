/** A row of a table. */
export interface Row {
  /** Line of the text, or row of the sheet, where it begins; from 1. */
  readonly line: number;
  /** Texts as they are in the file; may be fewer or more than the columns of the header. */
  readonly cells: readonly string[];
}

/** Whether no cell of a row has anything in it but white space. */
export function isEmptyRow(row: Row): boolean {
  return row.cells.every((cell) => cell.trim() === '');
}
