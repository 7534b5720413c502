/** What is wrong with a file, for programs. */
export type TableFault =
  /** A format that is not read, told in the sentence: an old workbook, a web page, a picture. */
  | 'unreadable_format'
  /** The format is known, and the file breaks its rules or was cut off. */
  | 'damaged'
  /** Bytes or characters that the encoding does not have. */
  | 'bad_bytes'
  /** A quote that is never closed, or text behind one. */
  | 'bad_quotes'
  /** A line that is no JSON object. */
  | 'bad_json'
  /** Over one of `TABLE_LIMITS`. */
  | 'too_large'
  /** No sheet of that name or number, or no row where the header should be. */
  | 'not_found'
  /** Nothing but empty lines. */
  | 'empty';

/** A place in a file; lines and columns are counted from 1. */
export interface TablePlace {
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** A file that cannot be read, with where and why; the one error of this package. */
export class TableError extends Error {
  readonly code: TableFault;
  /** Name of the file, as given. */
  readonly file: string;
  /** Line of text, or row of a sheet. */
  readonly line: number | undefined;
  /** Column of the table: 1 is the first cell of a row. */
  readonly column: number | undefined;
  /** What is wrong, without the place. */
  readonly sentence: string;

  constructor(code: TableFault, sentence: string, place: TablePlace & { readonly file: string }) {
    const line = place.line === undefined ? '' : `, line ${place.line}`;
    const column = place.column === undefined ? '' : `, column ${place.column}`;
    super(`${place.file}${line}${column}: ${sentence}`);
    this.name = 'TableError';
    this.code = code;
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
    this.sentence = sentence;
  }
}

/** Makes the error of one file. */
export type Fail = (code: TableFault, sentence: string, place?: TablePlace) => TableError;

/** Makes the errors of the file of that name. */
export function failIn(file: string): Fail {
  return (code, sentence, place = {}) => new TableError(code, sentence, { ...place, file });
}
