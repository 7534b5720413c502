import type { Row } from '../reading/row.js';
import { csvLine } from './csv-cells.js';

/** Header of the column that says why a row was rejected; reading passes it over. */
export const REASON_COLUMN = 'Reason (not imported)';

/** Writes the rows that an import rejects, to be mended and imported again. */
export interface RejectedRowsWriter {
  /** First line of the file. */
  readonly header: string;
  /** A row as it was read, with the reason behind the last column. */
  line(row: Row, reason: string): string;
}

/** A writer for rows of a table with that header; the delimiter is the one of the table, or a comma. */
export function rejectedRowsWriter(
  header: readonly string[],
  { delimiter = ',' }: { readonly delimiter?: string | undefined } = {},
): RejectedRowsWriter {
  const columns = header.length;
  return {
    header: csvLine([...header, REASON_COLUMN], delimiter),
    line({ cells }, reason) {
      const padding = Array.from({ length: Math.max(0, columns - cells.length) }, () => '');
      // What a row has more than the header has columns stays behind the reason, so that reading finds the row as it was.
      return csvLine([...cells, ...padding].toSpliced(columns, 0, reason), delimiter);
    },
  };
}
