import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { CustomerInput } from '@countersign/contract';
import {
  applyMapping,
  bindMapping,
  type CellProblem,
  type Mapping,
  type OpenTableOptions,
  openTable,
  parseMapping,
  type Row,
  suggestMapping,
  type Table,
} from '@countersign/tabular';
import { CommandFailure, WrongUsage } from '../command-failure.js';

/** How a file is read. */
export interface SourceOptions extends Omit<OpenTableOptions, 'name'> {
  readonly file: string;
  /** A file that holds the mapping. */
  readonly map?: string | undefined;
  /** A file that the mapping is written to. */
  readonly saveMap?: string | undefined;
}

/** A row of the file, and what a create would take of it. */
export interface SourceRow {
  readonly row: Row;
  readonly input: Partial<CustomerInput>;
  readonly problems: readonly CellProblem[];
  /** Characters of the input as JSON. */
  readonly length: number;
}

/** Rows that follow one another, to be sent in one request. */
export interface SourceChunk {
  /** Place of the first one among all rows, from 0. */
  readonly start: number;
  readonly rows: readonly SourceRow[];
}

/** Most rows of a request. */
const MOST_ROWS = 100;
/** Characters of JSON beyond which a request takes no further row; a megabyte in the worst of scripts. */
const MOST_CHARACTERS = 250_000;

/** A file to import, which can be read again and again. */
export class ImportSource {
  readonly file: string;
  readonly bytes: number;
  readonly mapping: Mapping;
  readonly found: Table['found'];
  readonly sample: readonly Row[];
  readonly #options: SourceOptions;
  /** Names of the columns; all of them once the file was read to its end. */
  header: readonly string[];
  /** Columns that the mapping names and the file does not have. */
  readonly missing: readonly string[];

  private constructor(options: SourceOptions, table: Table, { bytes, mapping }: { bytes: number; mapping: Mapping }) {
    this.#options = options;
    this.file = options.file;
    this.bytes = bytes;
    this.mapping = mapping;
    this.found = table.found;
    this.sample = table.sample;
    this.header = table.header;
    this.missing = bindMapping(mapping, table.header).missing;
  }

  /** Opens a file and maps its columns. @throws TableError, WrongUsage, CommandFailure */
  static async open(options: SourceOptions): Promise<ImportSource> {
    const bytes = await sizeOf(options.file);
    const table = await openFile(options, () => undefined);
    await table.close();
    const mapping = options.map === undefined ? suggestMapping(table.header, table.sample) : readMapping(options.map);
    if (options.saveMap !== undefined) writeFileSync(options.saveMap, `${JSON.stringify(mapping, null, 2)}\n`);
    return new ImportSource(options, table, { bytes, mapping });
  }

  /** What tells this file, read in this way, from any other: SHA-256, hex. */
  async hash(): Promise<string> {
    const hash = createHash('sha256').update(JSON.stringify([this.mapping, this.#options]));
    for await (const piece of createReadStream(this.file)) hash.update(piece);
    return hash.digest('hex');
  }

  /**
   * The rows from a place on that a chunk began at, in chunks that are the same each time.
   *
   * @param onBytes told of each piece of the file that was read
   * @throws TableError
   */
  async *chunks(from: number, onBytes: (bytes: number) => void): AsyncGenerator<SourceChunk, void> {
    const table = await openFile(this.#options, onBytes);
    const bound = bindMapping(this.mapping, table.header);
    let chunk: SourceRow[] = [];
    let [start, index, characters] = [from, 0, 0];
    for await (const row of table) {
      index += 1;
      if (index <= from) continue;
      const { input, problems } = applyMapping(bound, row);
      const { length } = JSON.stringify(input);
      if (chunk.length === MOST_ROWS || (chunk.length > 0 && characters + length > MOST_CHARACTERS)) {
        yield { start, rows: chunk };
        [start, chunk, characters] = [start + chunk.length, [], 0];
      }
      chunk.push({ row, input, problems, length });
      characters += length;
    }
    this.header = [...table.header];
    if (chunk.length > 0) yield { start, rows: chunk };
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    throw new CommandFailure(`Cannot read the file ${file}.`, { cause });
  }
}

async function openFile(options: SourceOptions, onBytes: (bytes: number) => void): Promise<Table> {
  const { file, encoding, delimiter, sheet, headerRow } = options;
  try {
    return await openTable(countedBytes(file, onBytes), { name: file, encoding, delimiter, sheet, headerRow });
  } catch (cause) {
    throw cause instanceof TypeError ? new WrongUsage(cause.message, { cause }) : cause;
  }
}

async function* countedBytes(file: string, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const piece of createReadStream(file, { highWaterMark: 262_144 })) {
      onBytes(piece.length);
      yield piece;
    }
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause)
      throw new CommandFailure(`Cannot read the file ${file}.`, { cause });
    throw cause;
  }
}

function readMapping(file: string): Mapping {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new WrongUsage(`The mapping ${file} cannot be read, or is not JSON.`, { cause });
  }
  const parsed = parseMapping(value);
  if ('mapping' in parsed) return parsed.mapping;
  throw new WrongUsage(`The mapping ${file} cannot be used: ${parsed.errors.map(({ message }) => message).join(' ')}`);
}
