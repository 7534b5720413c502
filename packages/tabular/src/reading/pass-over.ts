import { isEmptyRow, type Row } from './row.js';

/** How many rows were left out, and why. */
export interface PassedOver {
  empty: number;
  /** Totals and notes of reports behind the last row. */
  footers: number;
}

const TOTAL =
  /^(?:(?:grand |sub)?totals?|(?:gesamt|end)?summe|gesamt|somme|total g[ée]n[ée]ral|suma|total general)[\s:]*(?:\(?\d+\)?)?$/i;
/** As QuickBooks signs its reports: `Wednesday, September 30, 2026 01:46 PM GMT-05:00`. */
const SIGNATURE = /\b\d{1,2}:\d{2}\b.*\bGMT\b/;
const MOST_FOOTERS = 5;

/** Leaves out empty rows, and what stands as a total or a note below all others. */
export async function* passOver(
  batches: AsyncIterable<readonly Row[]>,
  { columns, passedOver }: { readonly columns: number; readonly passedOver: PassedOver },
): AsyncGenerator<Row, void, undefined> {
  let held: Row[] = [];
  for await (const batch of batches) {
    for (const row of batch) {
      if (isEmptyRow(row)) passedOver.empty += 1;
      else if (isFooter(row, columns) && held.length < MOST_FOOTERS) held.push(row);
      else {
        yield* held;
        held = [];
        yield row;
      }
    }
  }
  passedOver.footers += held.length;
}

function isFooter({ cells }: Row, columns: number): boolean {
  const texts = cells.filter((cell) => cell.trim() !== '');
  const first = texts[0]?.trim() ?? '';
  if (columns < 3 || texts.some((text) => text.includes('@'))) return false;
  return (
    (TOTAL.test(first) && texts.length <= Math.max(2, columns / 2) && texts.slice(1).every(isFigure)) ||
    (texts.length === 1 && SIGNATURE.test(first))
  );
}

const isFigure = (text: string): boolean => /^[^\p{L}]*\d[^\p{L}]*(?:EUR|USD|GBP|CHF)?$/u.test(text.trim());
