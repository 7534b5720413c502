import { strFromU8 } from 'fflate';
import type { Fail, TablePlace } from '../../table-error.js';
import { TABLE_LIMITS } from '../../table-limits.js';
import type { Row } from '../row.js';
import { showNumber } from './xlsx-numbers.js';
import { parseXml, textCollector, type XlsxWorkbook, type XmlTag } from './xlsx-parts.js';

/** Reads the rows of a sheet. A cell merged over several rows is in each of them, one merged over columns in the first. */
export function* readSheet(bytes: Uint8Array, workbook: XlsxWorkbook, fail: Fail): Generator<Row[], void, undefined> {
  const rows = new SheetRows(workbook, fail, mergedRows(bytes));
  for (const _ of parseXml(bytes, rows, fail)) yield rows.take();
  yield rows.take();
}

interface Merge {
  readonly column: number;
  /** Last line. */
  readonly to: number;
}

class SheetRows {
  private rows: Row[] = [];
  private cells: string[] = [];
  private line = 0;
  private column = -1;
  private cell: XmlTag['attributes'] = {};
  private value = '';
  private isValue = false;
  private running: (Merge & { readonly text: string })[] = [];
  private readonly inline = textCollector('is', (text) => {
    this.value = text;
  });

  constructor(
    private readonly workbook: XlsxWorkbook,
    private readonly fail: Fail,
    private readonly merges: ReadonlyMap<number, readonly Merge[]>,
  ) {}

  take(): Row[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  open(tag: XmlTag): void {
    const { name, attributes } = tag;
    if (name === 'row') {
      this.line = attributes.r === undefined ? this.line + 1 : Number(attributes.r);
      this.cells = [];
      this.column = -1;
    } else if (name === 'c') {
      this.cell = attributes;
      this.value = '';
      this.column = attributes.r === undefined ? this.column + 1 : columnOf(attributes.r);
      if (this.column >= TABLE_LIMITS.columns) {
        throw this.fail('too_large', `The row has more than ${TABLE_LIMITS.columns} columns.`, this.place);
      }
    } else if (name === 'v') this.isValue = true;
    else this.inline.open(tag);
  }

  text(text: string): void {
    if (this.isValue) this.value += text;
    else this.inline.text(text);
    if (this.value.length > TABLE_LIMITS.cell) {
      throw this.fail('too_large', `The cell has more than ${TABLE_LIMITS.cell} characters.`, this.place);
    }
  }

  close(name: string): void {
    if (name === 'v') this.isValue = false;
    else if (name === 'c') this.cells[this.column] = this.shown();
    else if (name === 'row') this.endRow();
    else this.inline.close(name);
  }

  private get place(): TablePlace {
    return { line: this.line, column: this.column + 1 };
  }

  private shown(): string {
    const { value, workbook } = this;
    switch (this.cell.t) {
      case 's':
        return workbook.texts[Number(value)] ?? '';
      case 'b':
        return value === '' ? '' : String(value === '1');
      case 'str':
      case 'inlineStr':
      case 'e':
      case 'd':
        return value;
      default:
        return showNumber(value, workbook.looks[Number(this.cell.s ?? 0)] ?? { kind: 'plain' }, workbook);
    }
  }

  private endRow(): void {
    const begun = this.merges.get(this.line)?.map((merge) => ({ ...merge, text: this.cells[merge.column] ?? '' }));
    const going = this.running.filter(({ to }) => to >= this.line);
    for (const { column, text } of going) this.cells[column] = text;
    this.running = [...going, ...(begun ?? [])].slice(0, MOST_RUNNING);
    this.rows.push({ line: this.line, cells: Array.from(this.cells, (cell) => cell ?? '') });
  }
}

function columnOf(reference: string): number {
  let column = 0;
  for (const letter of reference.match(/^[A-Z]+/)?.[0] ?? '') column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

/** Merged cells that one row may be part of; each is looked at for each row. */
const MOST_RUNNING = 100;

// What is merged stands behind the rows, so the end of the sheet is looked at before they are read.
function mergedRows(bytes: Uint8Array): Map<number, Merge[]> {
  const end = strFromU8(bytes.subarray(lastIndexOf(bytes, 'sheetData')));
  const merges = new Map<number, Merge[]>();
  for (const [, letters = '', from, to] of end.matchAll(MERGE)) {
    const all = merges.get(Number(from)) ?? [];
    if (Number(to) > Number(from))
      merges.set(Number(from), [...all, { column: columnOf(letters), to: Number(to) }].slice(0, MOST_RUNNING));
  }
  return merges;
}

const MERGE = /<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):[A-Z]+(\d+)"/g;

function lastIndexOf(bytes: Uint8Array, text: string): number {
  for (
    let at = bytes.lastIndexOf(text.charCodeAt(0));
    at >= 0;
    at = at === 0 ? -1 : bytes.lastIndexOf(text.charCodeAt(0), at - 1)
  ) {
    if (strFromU8(bytes.subarray(at, at + text.length)) === text) return at;
  }
  return bytes.length;
}
