import { failIn, TableError } from '../../table-error.js';
import type { Row } from '../row.js';
import { CsvTokens, type Dialect } from './csv-tokens.js';

/** The delimiters that are found by themselves. */
const DELIMITERS: readonly string[] = [',', ';', '\t', '|'];

/** What a dialect is guessed from. */
export interface DialectHints {
  /** As the caller or the first line of the file (`sep=;`) says. */
  readonly delimiter?: string | undefined;
  /** Whether `text` is the whole file: otherwise its last line may be cut. */
  readonly isWhole: boolean;
  /** Whether a cell is the name of a known column. */
  isKnownName(cell: string): boolean;
}

/** Guesses delimiter and quote from the beginning of a text: rows of one length, and names that are known, tell. */
export function guessDialect(text: string, hints: DialectHints): Dialect {
  const delimiters = hints.delimiter === undefined ? DELIMITERS : [hints.delimiter];
  const quotes = /^\s*'/.test(text) ? ['"', "'"] : ['"'];
  const candidates = quotes.flatMap((quote) =>
    delimiters.map((delimiter) => ({ delimiter, quote, score: score(text, { delimiter, quote }, hints) })),
  );
  const [best] = candidates.sort((one, other) => other.score - one.score);
  return { delimiter: best?.delimiter ?? ',', quote: best?.quote ?? '"' };
}

function score(text: string, dialect: Dialect, hints: DialectHints): number {
  const rows = someRows(text, dialect, hints).filter(({ cells }) => cells.some((cell) => cell !== ''));
  // Single quotes are quotes only where all of the first row stands in them; they are apostrophes and marks elsewhere.
  if (dialect.quote === "'") {
    const [first] = rows;
    const raw = someRows(text, { ...dialect, quote: '"' }, hints)[0];
    if (first?.cells.length !== raw?.cells.length || !raw?.cells.every((cell) => /^'.*'$/s.test(cell))) return -1;
  }
  const counts = new Map<number, number>();
  for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [columns, alike] = [...counts].sort(([, one], [, other]) => other - one)[0] ?? [0, 0];
  const known = Math.max(0, ...rows.slice(0, 20).map(({ cells }) => cells.filter(hints.isKnownName).length));
  const isTable = columns > 1 ? alike / rows.length + Math.min(columns, 9) / 1000 : 0;
  return Math.min(known, 6) + isTable + (dialect.quote === "'" ? 0.5 : 0);
}

function someRows(text: string, dialect: Dialect, { isWhole }: DialectHints): Row[] {
  const tokens = new CsvTokens(dialect, failIn(''));
  const rows: Row[] = [];
  try {
    // Line by line, so that the rows before a fault count.
    for (const line of text.split(/(?<=\n)/).slice(0, 500)) rows.push(...tokens.push(line));
    if (isWhole) rows.push(...tokens.end());
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
  }
  return rows;
}
