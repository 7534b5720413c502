/** Options of every command that makes or reads something. */
export interface OutputOptions {
  readonly json?: boolean;
}

/** Prints a result: one JSON document with `--json`, else a line a field for a person. */
export function printResult(result: object, { json }: OutputOptions): void {
  process.stdout.write(json === true ? `${JSON.stringify(result)}\n` : `${table(result)}\n`);
}

/** Prints a line for people, which never mixes with a command's output. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

function table(result: object): string {
  const entries = Object.entries(result);
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${String(value)}`).join('\n');
}
