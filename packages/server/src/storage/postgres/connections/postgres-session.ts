import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { openClient } from './postgres-pool.js';

/** Without limits of time: whatever is done here may take hours. */
const WITHOUT_LIMITS =
  'set local statement_timeout = 0; set local lock_timeout = 0; set local idle_in_transaction_session_timeout = 0';

/** Rows fetched at once at first; then as many as make about {@link FETCH_CHARACTERS}. */
const FIRST_FETCH_ROWS = 50;
const MOST_FETCH_ROWS = 2_000;
const FETCH_CHARACTERS = 1_000_000;

/** How rows are fetched. */
export interface FetchOptions {
  readonly values?: unknown[];
  /** Whether every row is known to be small. */
  readonly isSmall?: boolean;
}

/** One connection for long work on everything in a database, such as moving it. */
export class PostgresSession {
  readonly client: Client;

  private constructor(client: Client) {
    this.client = client;
  }

  /** Connects. @throws the driver's error */
  static async open(url: string, applicationName: string): Promise<PostgresSession> {
    return new PostgresSession(await openClient(url, applicationName));
  }

  /** Every row of SQL text with positional parameters. */
  async all<R extends object>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await this.client.query<R>(text, values)).rows;
  }

  /** Executes SQL text and gives the number of rows that it changed. */
  async run(text: string, values: unknown[] = []): Promise<number> {
    return (await this.client.query(text, values)).rowCount ?? 0;
  }

  /** Executes several statements without parameters. */
  async execute(text: string): Promise<void> {
    await this.client.query(text);
  }

  /** Begins a transaction without limits of time; `mode` is the rest of the statement, and what is set for it. */
  async begin(mode = ''): Promise<void> {
    await this.execute(`begin ${mode}; ${WITHOUT_LIMITS}`);
  }

  /** Does work in a transaction of its own, begun as `mode` says. @throws what the work throws, with nothing stored */
  async transact<T>(work: () => Promise<T>, mode?: string): Promise<T> {
    await this.begin(mode);
    try {
      const result = await work();
      await this.execute('commit');
      return result;
    } catch (error) {
      // Where the connection is lost, the server rolls back by itself.
      await this.execute('rollback').catch(() => undefined);
      throw error;
    }
  }

  /** Sends rows in the text form of COPY to a `copy … from stdin`. */
  async copyIn(text: string, lines: Uint8Array): Promise<void> {
    await pipeline(Readable.from([lines]), this.client.query(copyFrom(text)));
  }

  /** The rows of SQL text in portions of bounded size, each row an array; only inside a transaction. */
  async *fetch(text: string, { values = [], isSmall = false }: FetchOptions = {}): AsyncGenerator<unknown[][]> {
    await this.run(`declare fetched no scroll cursor for ${text}`, values);
    let count = isSmall ? MOST_FETCH_ROWS : FIRST_FETCH_ROWS;
    for (;;) {
      const { rows } = await this.client.query<unknown[]>({ text: `fetch ${count} from fetched`, rowMode: 'array' });
      if (rows.length === 0) break;
      yield rows;
      if (!isSmall) count = fittingCount(rows);
    }
    await this.execute('close fetched');
  }

  /** Ends the connection, and with it a transaction that is open. */
  async close(): Promise<void> {
    await this.client.end();
  }
}

function fittingCount(rows: readonly unknown[][]): number {
  let characters = 1;
  for (const row of rows) for (const value of row) characters += typeof value === 'string' ? value.length : 8;
  const count = Math.floor((FETCH_CHARACTERS * rows.length) / characters);
  return Math.max(1, Math.min(MOST_FETCH_ROWS, count));
}
