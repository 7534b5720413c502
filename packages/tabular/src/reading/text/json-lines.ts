import type { Fail, TablePlace } from '../../table-error.js';
import { TABLE_LIMITS } from '../../table-limits.js';
import type { Row } from '../row.js';
import type { RowCutter } from './read-text.js';

/** Objects whose parts are columns of their own, also where the first lines have none of them. */
const ADDRESSES = ['billingAddress', 'shippingAddress'];
const ADDRESS_PARTS = ['street', 'city', 'state', 'zipCode', 'country'];
const MAX_DEPTH = 8;

/**
 * Cuts JSON Lines into rows. Parts of objects are columns such as `billingAddress.city`; arrays and `metadata` are cells of
 * JSON. Numbers keep every digit that is written. Columns that a later line brings are added at the end of `header`.
 *
 * Throws `bad_json` and `too_large`.
 */
export class JsonLines implements RowCutter {
  /** Names of the columns seen so far. */
  readonly header: string[] = [];
  private readonly columns = new Map<string, number>();
  private text = '';
  private line = 1;

  constructor(private readonly fail: Fail) {}

  get place(): TablePlace {
    return { line: this.line };
  }

  push(text: string): Row[] {
    const lines = `${this.text}${text}`.split('\n');
    this.text = lines.pop() ?? '';
    if (this.text.length > TABLE_LIMITS.row) throw this.tooLarge(TABLE_LIMITS.row, 'line');
    return lines.map((line) => this.row(line));
  }

  end(): Row[] {
    return this.text === '' ? [] : [this.row(this.text)];
  }

  private row(text: string): Row {
    if (text.length > TABLE_LIMITS.row) throw this.tooLarge(TABLE_LIMITS.row, 'line');
    const cells: string[] = [];
    if (text.trim() !== '') this.addParts(cells, this.parse(text), { path: '', depth: 0 });
    const row = { line: this.line, cells: Array.from(cells, (cell) => cell ?? '') };
    this.line += 1;
    return row;
  }

  private parse(text: string): object {
    let value: unknown;
    try {
      value = JSON.parse(text);
      // Once it is known to be JSON, its numbers are made texts: as numbers they would lose digits.
      if (typeof value === 'object') value = JSON.parse(text.replace(STRINGS_AND_NUMBERS, quoteNumber));
    } catch {
      throw this.fail('bad_json', 'The line is no JSON.', this.place);
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    throw this.fail('bad_json', 'The line is no JSON object.', this.place);
  }

  private addParts(cells: string[], value: object, { path, depth }: { path: string; depth: number }): void {
    for (const [key, part] of Object.entries(value)) {
      const name = `${path}${key}`;
      const isOpen = typeof part === 'object' && part !== null && !Array.isArray(part) && depth < MAX_DEPTH;
      if (isOpen && name !== 'metadata') this.addParts(cells, part, { path: `${name}.`, depth: depth + 1 });
      else if (part === null && ADDRESSES.includes(name))
        for (const one of ADDRESS_PARTS) this.columnOf(`${name}.${one}`);
      else this.add(cells, name, part);
    }
  }

  private add(cells: string[], name: string, part: unknown): void {
    const column = this.columnOf(name);
    const cell = typeof part === 'string' ? part : part === null ? '' : JSON.stringify(part);
    if (cell.length > TABLE_LIMITS.cell) throw this.tooLarge(TABLE_LIMITS.cell, 'value', column + 1);
    cells[column] = cell;
  }

  private columnOf(name: string): number {
    const known = this.columns.get(name);
    if (known !== undefined) return known;
    if (this.header.length === TABLE_LIMITS.columns) {
      throw this.fail('too_large', `There are more than ${TABLE_LIMITS.columns} different keys.`, this.place);
    }
    this.columns.set(name, this.header.length);
    return this.header.push(name) - 1;
  }

  private tooLarge(limit: number, what: string, column?: number): Error {
    return this.fail('too_large', `The ${what} has more than ${limit} characters.`, { ...this.place, column });
  }
}

const STRINGS_AND_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

function quoteNumber(token: string): string {
  return token.startsWith('"') ? token : `"${token}"`;
}
