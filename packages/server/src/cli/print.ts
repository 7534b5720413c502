/** Options of every command that makes or reads something. */
export interface OutputOptions {
  readonly json?: boolean;
}

/** What stands in a table for people; nothing is told as a dash. */
export type Cell = string | number | null;

/** A list to print. */
export interface PrintedList<T> {
  readonly items: readonly T[];
  /** An item as people read it, by column. */
  readonly cells: (item: T) => Readonly<Record<string, Cell>>;
}

/** Prints a result: one JSON document with `--json`, else a line a field for a person. */
export function printResult(result: object, { json }: OutputOptions): void {
  process.stdout.write(json === true ? `${JSON.stringify(result)}\n` : `${fieldLines(result)}\n`);
}

/** Prints a list: with `--json` one JSON document that holds it under its name, else a table for a person. */
export function printList<T>(name: string, { items, cells }: PrintedList<T>, { json }: OutputOptions): void {
  if (json === true) process.stdout.write(`${JSON.stringify({ [name]: items })}\n`);
  else if (items.length === 0) printNote(`There are no ${name}.`);
  else process.stdout.write(`${tableLines(items.map(cells))}\n`);
}

/** Prints one of many things as it happens: a JSON document on one line with `--json`, else its cells for a person. */
export function printRow(row: Readonly<Record<string, Cell>>, { json }: OutputOptions): void {
  const cells = () =>
    Object.values(row)
      .filter((cell) => cell !== '')
      .map(cellText)
      .join('  ');
  process.stdout.write(`${json === true ? JSON.stringify(row) : cells()}\n`);
}

/** Prints a line for people, which never mixes with a command's output. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

function fieldLines(result: object): string {
  const entries = Object.entries(result);
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${cellText(value)}`).join('\n');
}

function tableLines(rows: readonly Readonly<Record<string, Cell>>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, ...rows.map((row) => columns.map((column) => cellText(row[column])))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A cell for people: a name can hold what a terminal would take as a command, or as the end of a line. */
export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined || cell === '') return '-';
  return String(cell).replace(/\p{Cc}/gu, ' ');
}
