import type { Fail, TablePlace } from '../../table-error.js';
import { TABLE_LIMITS } from '../../table-limits.js';
import type { Row } from '../row.js';

/** How the cells of a text file are told apart. */
export interface Dialect {
  readonly delimiter: string;
  /** `"`, or `'` where all cells of the first row stand in such. */
  readonly quote: string;
}

enum At {
  CellStart,
  InCell,
  InQuotes,
  /** Behind a quote that may be the first of two. */
  BehindQuote,
  /** Behind a quoted cell and white space. */
  BehindCell,
}

const LF = 10;
const CR = 13;
const TAB = 9;
const SPACE = 32;

/**
 * Cuts delimited text (RFC 4180) into rows, piece by piece: any split of the text gives the same rows.
 *
 * Lines may end in LF, CR LF or CR, also mixed. Quotes inside a cell that does not begin with one are text, as in spreadsheets.
 * Throws `bad_quotes` for a quote that is never closed or has text behind it, and `too_large`.
 */
export class CsvTokens {
  private readonly delimiter: number;
  private readonly quote: number;
  private at = At.CellStart;
  private cells: string[] = [];
  private cell = '';
  private rowLength = 0;
  private line = 1;
  private rowLine = 1;
  private isBehindCr = false;
  private quotePlace: TablePlace = {};

  constructor(
    dialect: Dialect,
    private readonly fail: Fail,
  ) {
    this.delimiter = dialect.delimiter.charCodeAt(0);
    this.quote = dialect.quote.charCodeAt(0);
  }

  /** The cell that is being read. */
  get place(): TablePlace {
    return { line: this.line, column: this.cells.length + 1 };
  }

  /** The rows that end in this piece of text. */
  push(text: string): Row[] {
    const rows: Row[] = [];
    let start = 0;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      const isSecondOfCrLf = code === LF && this.isBehindCr;
      this.isBehindCr = code === CR;
      if (this.at === At.InQuotes) {
        if (code === this.quote) {
          this.take(text, start, index);
          this.at = At.BehindQuote;
        } else if ((code === LF && !isSecondOfCrLf) || code === CR) this.line += 1;
      } else if (isSecondOfCrLf) start = index + 1;
      else if (code === this.delimiter) {
        this.endCell(text, start, index);
        start = index + 1;
      } else if (code === LF || code === CR) {
        this.endCell(text, start, index);
        rows.push(this.endRow());
        start = index + 1;
      } else if (this.at !== At.InCell) start = this.step(code, { start, index });
      if (code === 0) throw this.fail('bad_bytes', 'There is a NUL character, which no text has.', this.place);
    }
    this.take(text, start, text.length);
    return rows;
  }

  /** The last row, where no line end is behind it. */
  end(): Row[] {
    if (this.at === At.InQuotes) {
      throw this.fail('bad_quotes', 'The quote that opens this cell is never closed.', this.quotePlace);
    }
    if (this.cells.length === 0 && this.cell === '' && this.at === At.CellStart) return [];
    this.endCell('', 0, 0);
    return [this.endRow()];
  }

  // A character at the start of a cell or behind its end: where the text of the cell begins now.
  private step(code: number, { start, index }: { readonly start: number; readonly index: number }): number {
    if (this.at === At.CellStart) {
      if (code === SPACE) return start;
      this.at = code === this.quote ? At.InQuotes : At.InCell;
      if (this.at === At.InCell) return start;
      // White space before the opening quote is no part of the cell.
      this.cell = '';
      this.quotePlace = this.place;
    } else if (code === this.quote && this.at === At.BehindQuote) {
      this.cell += String.fromCharCode(code);
      this.at = At.InQuotes;
    } else if (code === SPACE || code === TAB) this.at = At.BehindCell;
    else {
      const sentence = 'There is text behind a closing quote; a quote inside a cell has to be written twice.';
      throw this.fail('bad_quotes', sentence, this.place);
    }
    return index + 1;
  }

  private take(text: string, start: number, end: number): void {
    if (this.at === At.BehindQuote || this.at === At.BehindCell) return;
    this.cell += text.slice(start, end);
    if (this.cell.length > TABLE_LIMITS.cell) {
      throw this.fail('too_large', `The cell has more than ${TABLE_LIMITS.cell} characters.`, this.place);
    }
  }

  private endCell(text: string, start: number, end: number): void {
    this.take(text, start, end);
    this.rowLength += this.cell.length;
    if (this.cells.length === TABLE_LIMITS.columns || this.rowLength > TABLE_LIMITS.row) {
      const limits = `${TABLE_LIMITS.columns} columns or ${TABLE_LIMITS.row} characters`;
      throw this.fail('too_large', `The row has more than ${limits}.`, this.place);
    }
    this.cells.push(this.cell);
    this.cell = '';
    this.at = At.CellStart;
  }

  private endRow(): Row {
    const row = { line: this.rowLine, cells: this.cells };
    this.line += 1;
    this.rowLine = this.line;
    this.cells = [];
    this.rowLength = 0;
    return row;
  }
}
