import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { CommandFailure } from '../command-failure.js';

/** What became of rows, or would. */
export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
}

/** How far an import has come. */
export interface ImportProgress {
  readonly importUuid: string;
  /** Rows of the file that are dealt with. */
  readonly doneRows: number;
  readonly counts: ImportCounts;
  /** Bytes of the file of rejected rows by then. */
  readonly rejectedBytes: number;
}

/** What is kept beside a file while it is imported, so that the same command goes on where it was. */
export class ImportJournal {
  readonly #file: string;
  readonly #hash: string;

  /** @param hash of file, mapping, rules and target: a journal of another import is none of this one */
  constructor(importedFile: string, hash: string) {
    this.#file = `${importedFile}.import`;
    this.#hash = hash;
  }

  /** How far the same import came before it was interrupted. */
  read(): ImportProgress | undefined {
    if (!existsSync(this.#file)) return undefined;
    try {
      const { hash, ...progress }: ImportProgress & { readonly hash: string } = JSON.parse(
        readFileSync(this.#file, 'utf8'),
      );
      return hash === this.#hash ? progress : undefined;
    } catch {
      return undefined;
    }
  }

  /** @throws CommandFailure where it cannot be written: without it an interruption would be hard to mend */
  write(progress: ImportProgress): void {
    try {
      writeFileSync(`${this.#file}.new`, JSON.stringify({ hash: this.#hash, ...progress }));
      renameSync(`${this.#file}.new`, this.#file);
    } catch (cause) {
      throw new CommandFailure(`Cannot write ${this.#file}, which keeps how far the import is.`, { cause });
    }
  }

  remove(): void {
    rmSync(this.#file, { force: true });
  }
}
