import { isKnownName } from '../mapping/is-known-name.js';
import { type Fail, failIn } from '../table-error.js';
import { TABLE_LIMITS } from '../table-limits.js';
import { REASON_COLUMN } from '../writing/rejected-rows.js';
import { type ByteChunks, type ByteSource, gunzipBytes, peekBytes, readBytes } from './byte-source.js';
import { findHeader, type HeaderSureness } from './find-header.js';
import { type FormatOptions, type OpenFormat, openText, openWorkbook } from './open-format.js';
import { type PassedOver, passOver } from './pass-over.js';
import { isEmptyRow, type Row } from './row.js';
import { sniffContainer } from './sniff-format.js';
import { ENCODINGS, type Encoding } from './text/guess-encoding.js';

/** How a file is read where it shall not be found by itself. */
export interface OpenTableOptions extends FormatOptions {
  /** Name of the file, for errors. What it holds is found from its bytes. */
  readonly name: string;
  /** Line of the header, from 1; 0 when there is none. */
  readonly headerRow?: number | undefined;
}

/** What was found out about a file. */
export type FoundFormat = OpenFormat['found'] & {
  readonly isGzip: boolean;
  /** Of text. A file that is plain ASCII at first may yet turn out to be Windows-1252, so look again at the end. */
  readonly encoding: Encoding | undefined;
  /** Line of the header; 0 when no row is one. */
  readonly headerRow: number;
  readonly headerSureness: HeaderSureness;
};

/** An open table: its rows are read once, in order. */
export interface Table extends AsyncIterable<Row> {
  readonly found: FoundFormat;
  /** Names of the columns, each once. Grows while JSON Lines are read that bring new keys. */
  readonly header: readonly string[];
  /** The first rows, which the iteration gives too. */
  readonly sample: readonly Row[];
  /** What was left out so far. */
  readonly passedOver: Readonly<PassedOver>;
  /** Lets go of the source before the end. */
  close(): Promise<void>;
}

/**
 * Opens a table of customers and finds out how it is written: CSV, TSV, XLSX or JSON Lines, each also in gzip.
 *
 * Text is read in flat memory, whatever its size; a workbook is held within `TABLE_LIMITS`. Throws `TableError`, here or while
 * rows are read, and `TypeError` for options that cannot be meant.
 */
export async function openTable(source: ByteSource, options: OpenTableOptions): Promise<Table> {
  const { encoding, delimiter, name } = options;
  if (encoding !== undefined && !ENCODINGS.includes(encoding)) {
    throw new TypeError(`The encoding has to be one of ${ENCODINGS.join(', ')}.`);
  }
  if (delimiter !== undefined && !/^[^"\r\n]$/.test(delimiter)) {
    throw new TypeError('The delimiter has to be one character, and neither a quote nor a line end.');
  }
  const bytes = readBytes(source);
  try {
    return await openBytes(bytes, options, failIn(name));
  } catch (error) {
    await bytes.return();
    throw error;
  }
}

async function openBytes(bytes: ByteChunks, options: OpenTableOptions, fail: Fail): Promise<Table> {
  let peeked = await peekBytes(bytes, TABLE_LIMITS.headBytes);
  const isGzip = sniffContainer(peeked.head, fail) === 'gzip';
  if (isGzip) peeked = await peekBytes(gunzipBytes(peeked.all, fail), TABLE_LIMITS.headBytes);
  if (peeked.head.length === 0) throw fail('empty', 'The file is empty.');
  const container = sniffContainer(peeked.head, fail);
  if (container === 'gzip') throw fail('unreadable_format', 'The file is packed by gzip twice; unpack it once.');
  const format = container === 'zip' ? await openWorkbook(peeked, options, fail) : openText(peeked, options, fail);
  const passedOver = { empty: 0, footers: 0 };
  const first = await firstRows(format, passedOver);
  if (first.length === 0) throw fail('empty', 'There is nothing in the file but empty lines.');
  const found =
    format.header === undefined
      ? findHeader(first, { told: options.headerRow, isKnownName, fail })
      : { header: format.header, line: 0, sureness: 'sure' as const };
  const reason = found.header.indexOf(REASON_COLUMN);
  const header = reason < 0 ? found.header : found.header.toSpliced(reason, 1);
  const data = first.filter(({ line }) => line > found.line).map((row) => withoutCell(row, reason));
  const batches = dataBatches(format, { data, reason });
  return {
    found: {
      ...format.found,
      isGzip,
      headerRow: found.line,
      headerSureness: found.sureness,
      get encoding() {
        return format.decoding?.encoding;
      },
    },
    header,
    sample: data.slice(0, TABLE_LIMITS.sampleRows),
    passedOver,
    close: async () => {
      await format.batches.return();
      await bytes.return();
    },
    [Symbol.asyncIterator]: () => passOver(batches, { columns: header.length, passedOver }),
  };
}

// Enough of the rows that are not empty to find the header and to show a sample.
async function firstRows({ batches }: OpenFormat, passedOver: PassedOver): Promise<Row[]> {
  const first: Row[] = [];
  while (first.length < TABLE_LIMITS.headerRows + TABLE_LIMITS.sampleRows) {
    const next = await batches.next();
    if (next.done) break;
    const rows = next.value.filter((row) => !isEmptyRow(row));
    passedOver.empty += next.value.length - rows.length;
    first.push(...rows);
  }
  return first;
}

async function* dataBatches(
  { batches }: OpenFormat,
  { data, reason }: { readonly data: readonly Row[]; readonly reason: number },
): AsyncGenerator<readonly Row[], void, undefined> {
  try {
    yield data;
    for await (const batch of batches) yield reason < 0 ? batch : batch.map((row) => withoutCell(row, reason));
  } finally {
    await batches.return();
  }
}

// The reasons of an earlier import are no part of the rows.
function withoutCell(row: Row, index: number): Row {
  return index < 0 ? row : { line: row.line, cells: row.cells.toSpliced(index, 1) };
}
