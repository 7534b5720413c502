/** How many rows a table has, and a checksum over all of them. */
export interface TableSum {
  readonly rows: number;
  /** 64 hex digits, the same in whatever order the rows are read. */
  readonly checksum: string;
}

const WORDS = 8;

/**
 * Adds up the SHA-256 of every row's line, word by word: one changed byte gives another sum, and the engines may read their
 * rows in different orders. It finds faults; it does not withstand one who searches for rows with a given sum.
 */
export class TableChecksum {
  readonly #words = new Uint32Array(WORDS);
  #rows = 0;

  /** Adds a row by its digest, 32 bytes. */
  add(digest: Uint8Array): void {
    const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
    for (let word = 0; word < WORDS; word++) {
      this.#words[word] = (this.#words[word] ?? 0) + view.getUint32(word * 4);
    }
    this.#rows += 1;
  }

  sum(): TableSum {
    const checksum = Array.from(this.#words, (word) => word.toString(16).padStart(8, '0')).join('');
    return { rows: this.#rows, checksum };
  }
}
