import type { Fail } from '../table-error.js';
import { TABLE_LIMITS } from '../table-limits.js';
import { isEmptyRow, type Row } from './row.js';

/** How sure it is which row has the names: `told` by the caller, `sure` by their names, `likely` by their look, or `none` has. */
export type HeaderSureness = 'told' | 'sure' | 'likely' | 'none';

/** Where the names of the columns stand. */
export interface FoundHeader {
  readonly header: readonly string[];
  /** Line of the header; 0 when there is none. */
  readonly line: number;
  readonly sureness: HeaderSureness;
}

/** What the header is found from. */
export interface HeaderHints {
  /** Line that the caller named; 0 for none. */
  readonly told?: number | undefined;
  isKnownName(cell: string): boolean;
  readonly fail: Fail;
}

/** Finds the row with the names of the columns among the first rows: titles and notes may stand above it. */
export function findHeader(rows: readonly Row[], { told, isKnownName, fail }: HeaderHints): FoundHeader {
  const candidates = rows.slice(0, TABLE_LIMITS.headerRows).filter((row) => !isEmptyRow(row));
  if (told !== undefined) {
    const row = candidates.find(({ line }) => line === told);
    if (row === undefined && told !== 0) {
      throw fail('not_found', `There is no header in line ${told}; it has to be one of the first lines.`, {
        line: told,
      });
    }
    return found(row, 'told', rows);
  }
  const scored = candidates.map((row) => ({ row, known: row.cells.filter(isKnownName).length }));
  const best = scored.reduce((one, other) => (other.known > one.known ? other : one), { row: candidates[0], known: 0 });
  const width = Math.max(0, ...candidates.map(filled));
  const share = best.row === undefined ? 0 : best.known / filled(best.row);
  const isNarrow = best.row !== undefined && best.known < 2 && filled(best.row) < width / 2;
  // A row of names that are known may hold any others; one with few of them has to look like names.
  if (best.row && !isNarrow && (share > 0.5 || (share >= 0.25 && looksLikeNames(best.row)))) {
    return found(best.row, best.known >= 2 || width === 1 ? 'sure' : 'likely', rows);
  }
  const wide = candidates.find((row) => filled(row) >= width * 0.8);
  return wide !== undefined && candidates.length > 1 && looksLikeNames(wide)
    ? found(wide, 'likely', rows)
    : found(undefined, 'none', rows);
}

function found(row: Row | undefined, sureness: HeaderSureness, rows: readonly Row[]): FoundHeader {
  const width = Math.max(0, ...rows.map(({ cells }) => cells.length));
  const names = row === undefined ? Array.from({ length: width }, () => '') : row.cells;
  return { header: uniqueNames(names), line: row?.line ?? 0, sureness };
}

const filled = ({ cells }: Row): number => cells.filter((cell) => cell.trim() !== '').length;

// Names are short, differ from each other, and are neither addresses nor numbers.
function looksLikeNames({ cells }: Row): boolean {
  const names = cells.filter((cell) => cell.trim() !== '');
  return names.every((name) => name.length <= 200 && !/@|^https?:|^\W*\d[\d\s().,/:-]*$/.test(name));
}

// A name that is empty becomes `Column 3`, one that came before `Phone (2)`, so that a mapping can say which it means.
function uniqueNames(cells: readonly string[]): string[] {
  const names: string[] = [];
  const taken = new Set<string>();
  for (const [index, cell] of cells.entries()) {
    const name = cell.trim() === '' ? `Column ${index + 1}` : cell;
    let unique = name;
    for (let count = 2; taken.has(unique); count += 1) unique = `${name} (${count})`;
    taken.add(unique);
    names.push(unique);
  }
  return names;
}
