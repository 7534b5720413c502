import { isKnownName } from '../mapping/is-known-name.js';
import type { Fail } from '../table-error.js';
import { unmarkCell } from '../writing/csv-cells.js';
import type { PeekedBytes } from './byte-source.js';
import type { Row } from './row.js';
import { sniffText } from './sniff-format.js';
import { CsvTokens } from './text/csv-tokens.js';
import { guessDialect } from './text/guess-dialect.js';
import { type Encoding, guessEncoding } from './text/guess-encoding.js';
import { JsonLines } from './text/json-lines.js';
import { readText } from './text/read-text.js';
import { TextDecoding } from './text/text-decoding.js';
import { openXlsx } from './workbook/read-xlsx.js';

/** How a file is read where it shall not be found by itself. */
export interface FormatOptions {
  readonly encoding?: Encoding | undefined;
  /** One character. */
  readonly delimiter?: string | undefined;
  /** Name or number (from 1) of the sheet. */
  readonly sheet?: string | number | undefined;
}

/** A file whose format is known, and its rows as they are, header and all. */
export interface OpenFormat {
  readonly found: {
    readonly format: 'csv' | 'tsv' | 'xlsx' | 'jsonl';
    readonly delimiter?: string;
    readonly quote?: string;
    /** Of a workbook: all sheets, and the one that is read. */
    readonly sheets?: readonly string[];
    readonly sheet?: string;
  };
  readonly batches: AsyncGenerator<readonly Row[], void, undefined>;
  /** Of text; asked for when it is told, since a guess may turn. */
  readonly decoding?: { readonly encoding: Encoding };
  /** Where the format itself has names. */
  readonly header?: string[];
}

/** Opens a workbook. */
export async function openWorkbook({ all }: PeekedBytes, options: FormatOptions, fail: Fail): Promise<OpenFormat> {
  const { rows, sheets, sheet } = await openXlsx(all, { sheet: options.sheet, fail });
  return { found: { format: 'xlsx', sheets, sheet }, batches: rows };
}

/** Opens delimited text or JSON Lines; its encoding and how it is delimited are found from its head. */
export function openText({ head, isWhole, all }: PeekedBytes, options: FormatOptions, fail: Fail): OpenFormat {
  const encoding = options.encoding ?? guessEncoding(head);
  if (encoding === undefined) {
    throw fail(
      'unreadable_format',
      'This is no text, and no workbook that can be read; save the table as CSV or .xlsx.',
    );
  }
  const mayTurn = options.encoding === undefined && encoding === 'utf-8' && head.every((byte) => byte < 0x80);
  const { text } = new TextDecoding(encoding, mayTurn).push(head, { isLast: isWhole });
  const decoding = new TextDecoding(encoding, mayTurn);
  if (sniffText(text, fail) === 'jsonl') {
    const cutter = new JsonLines(fail);
    const batches = readText(all, { decoding, cutter, fail });
    return { found: { format: 'jsonl' }, decoding, header: cutter.header, batches };
  }
  // Excel's own first line: it names the delimiter.
  const separator = /^sep=(.)\r?\n/i.exec(text);
  const delimiter = options.delimiter ?? separator?.[1];
  const dialect = guessDialect(text.slice(separator?.[0].length), { delimiter, isWhole, isKnownName });
  const batches = readText(all, { decoding, cutter: new CsvTokens(dialect, fail), fail });
  return {
    found: { format: dialect.delimiter === '\t' ? 'tsv' : 'csv', ...dialect },
    decoding,
    batches: cleaned(batches, { hasSeparatorLine: separator !== null }),
  };
}

async function* cleaned(
  batches: AsyncGenerator<Row[], void, undefined>,
  { hasSeparatorLine }: { readonly hasSeparatorLine: boolean },
): AsyncGenerator<Row[], void, undefined> {
  for await (const rows of batches) {
    const wanted = hasSeparatorLine ? rows.filter(({ line }) => line > 1) : rows;
    yield wanted.map(({ line, cells }) => ({ line, cells: cells.map(unmarkCell) }));
  }
}
