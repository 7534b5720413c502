import type { Fail } from '../../table-error.js';
import type { ByteChunks } from '../byte-source.js';
import { isEmptyRow, type Row } from '../row.js';
import { XlsxArchive } from './xlsx-archive.js';
import { readWorkbook, type XlsxSheet } from './xlsx-parts.js';
import { readSheet } from './xlsx-sheet.js';

/** A sheet that was chosen, and its rows. */
export interface OpenSheet {
  /** Names of all sheets, in their order. */
  readonly sheets: readonly string[];
  readonly sheet: string;
  readonly rows: AsyncGenerator<readonly Row[], void, undefined>;
}

/** Opens a workbook at the sheet of that name or number (from 1), else at the first visible one that has data. */
export async function openXlsx(
  chunks: ByteChunks,
  { sheet, fail }: { readonly sheet?: string | number | undefined; readonly fail: Fail },
): Promise<OpenSheet> {
  const archive = await XlsxArchive.open(chunks, fail);
  const workbook = readWorkbook(archive, fail);
  const open = (one: XlsxSheet) => readSheet(archive.part(one.part), workbook, fail);
  const sheets = workbook.sheets.map(({ name }) => name);
  if (sheet !== undefined) {
    const told = workbook.sheets.find(({ name }, index) => name === sheet || index + 1 === sheet);
    const there = sheets.map((name) => `“${name}”`).join(', ');
    if (told === undefined) throw fail('not_found', `There is no sheet “${sheet}”; there are ${there}.`);
    return { sheets, sheet: told.name, rows: all([], open(told)) };
  }
  for (const one of workbook.sheets.filter(({ isHidden }) => !isHidden)) {
    const rows = open(one);
    const first = rowsUpToData(rows);
    if (first.length > 0) return { sheets, sheet: one.name, rows: all(first, rows) };
  }
  throw fail('empty', 'No sheet of the workbook has anything in it.');
}

function rowsUpToData(rows: Generator<Row[], void, undefined>): Row[] {
  const first: Row[] = [];
  for (;;) {
    const next = rows.next();
    if (next.done) return [];
    first.push(...next.value);
    if (next.value.some((row) => !isEmptyRow(row))) return first;
  }
}

async function* all(
  first: readonly Row[],
  rest: Iterable<readonly Row[]>,
): AsyncGenerator<readonly Row[], void, undefined> {
  yield first;
  yield* rest;
}
