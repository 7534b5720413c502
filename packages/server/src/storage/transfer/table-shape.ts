/** What a column holds, whatever the engine calls it; a UUID is 16 bytes where the engine has no type for it. */
export type ColumnKind = 'integer' | 'text' | 'bytes' | 'uuid';

/** A column as the engine's catalogue tells of it. */
export interface ColumnShape {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A table as the engine's catalogue tells of it. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly ColumnShape[];
  /** The columns of the primary key, in its order. */
  readonly key: readonly ColumnShape[];
  /** The tables that its foreign keys lead to. */
  readonly references: readonly string[];
}

/** A value of a key; bytes and UUIDs are lower-case hex without dashes. */
export type KeyValue = number | string;

/** Rows that are copied together, in the order of the source's key. */
export interface RowChunk {
  /** A line a row, as `rowLine` says, in UTF-8. */
  readonly lines: Uint8Array;
  readonly rows: number;
  /** The key of the last of them in the source: where reading goes on. */
  readonly last: readonly KeyValue[];
}

/** Rows of a chunk at most. */
const CHUNK_ROWS = 8_000;
/** A chunk ends once it has so many bytes, so that rows of any size take little memory. */
const CHUNK_BYTES = 4_000_000;

/** Gathers rows until they make a chunk. */
export class ChunkBuilder {
  #lines: Uint8Array[] = [];
  #bytes = 0;
  #last: readonly unknown[] = [];

  /** Adds a row by its line and the values of its key. */
  add(line: Uint8Array, key: readonly unknown[]): void {
    this.#lines.push(line);
    this.#bytes += line.length;
    this.#last = key;
  }

  get isFull(): boolean {
    return this.#lines.length >= CHUNK_ROWS || this.#bytes >= CHUNK_BYTES;
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  /** What was gathered; the builder is empty afterwards. */
  take(): RowChunk {
    const chunk = { lines: Buffer.concat(this.#lines), rows: this.#lines.length, last: this.#last.map(keyValue) };
    this.#lines = [];
    this.#bytes = 0;
    return chunk;
  }
}

function keyValue(value: unknown): KeyValue {
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new Error('a key holds what no key can');
}
