import type { BulkResult, CustomerInput } from '@countersign/contract';

/** What a customer is known by, and what becomes of rows about one that is there already. */
export interface ImportRules {
  readonly by: 'email' | 'externalId';
  readonly onExisting: 'update' | 'skip' | 'fail';
}

/** A running import. */
export interface RunningImport {
  readonly uuid: string;
  /** What tells the rows of a call from any others of the import. */
  readonly key: string;
}

/** Where rows are imported to. */
export interface ImportTarget {
  /** Tells servers and teams apart. */
  readonly place: string;
  begin(name: string, total: number | null): Promise<string>;
  /** Whether an import is there and takes writes. */
  isRunning(uuid: string): Promise<boolean>;
  /** Writes up to 100 rows, or without an import tells what it would do. */
  send(rows: readonly Partial<CustomerInput>[], running: RunningImport | undefined): Promise<readonly BulkResult[]>;
  finish(uuid: string): Promise<void>;
}
