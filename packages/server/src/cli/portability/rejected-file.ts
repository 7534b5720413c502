import { closeSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { type Row, rejectedRowsWriter } from '@countersign/tabular';
import type { ImportSource } from './import-source.js';

/** The file of the rows that were rejected, beside the file that is imported; made when there is one. */
export class RejectedFile {
  readonly path: string;
  readonly #source: ImportSource;
  bytes: number;

  /** @param bytes of an interrupted import's file that are good; what stands behind them is taken away */
  constructor(source: ImportSource, bytes: number) {
    this.path = `${source.file}.rejected.csv`;
    this.#source = source;
    this.bytes = bytes;
    if (bytes === 0) rmSync(this.path, { force: true });
    else truncateSync(this.path, bytes);
  }

  add(rejected: readonly { readonly row: Row; readonly reason: string }[]): void {
    if (rejected.length === 0) return;
    const { header, found } = this.#source;
    const writer = rejectedRowsWriter(header, { delimiter: found.delimiter });
    const lines = rejected.map(({ row, reason }) => writer.line(row, reason)).join('');
    const descriptor = openSync(this.path, 'a');
    try {
      this.bytes += writeSync(descriptor, (this.bytes === 0 ? writer.header : '') + lines);
    } finally {
      closeSync(descriptor);
    }
  }
}
