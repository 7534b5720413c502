import type { ClientBase, QueryConfig, QueryResult } from 'pg';
import type { Statement } from '../../statement.js';
import type { StatementCache } from './statement-cache.js';

/** Executes statements on one connection. Each is sent at once, without waiting for the answer to the last. */
export class Executor {
  readonly #client: ClientBase;
  readonly #statements: StatementCache;

  constructor(client: ClientBase, statements: StatementCache) {
    this.#client = client;
    this.#statements = statements;
  }

  /** Executes a statement. @throws the driver's error */
  execute<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<TypedResult<R>> {
    return this.#query<R>(this.#statements.bind(query, parameters));
  }

  /** Executes SQL text with positional parameters, prepared as a statement is. @throws the driver's error */
  executeText<R>(text: string, values: unknown[]): Promise<TypedResult<R>> {
    return this.#query<R>(this.#statements.bindText(text, values));
  }

  /** Executes SQL text with positional parameters, planned for these very values. @throws the driver's error */
  executeOnce<R>(text: string, values: unknown[]): Promise<TypedResult<R>> {
    return this.#query<R>({ text, values });
  }

  /** Executes SQL text that controls the transaction, and gives the server's word for what it did. */
  async control(text: string): Promise<string> {
    const result = await this.#client.query(text);
    // Several statements give several results.
    return (Array.isArray(result) ? result.at(-1) : result).command;
  }

  async #query<R>(config: QueryConfig): Promise<TypedResult<R>> {
    return typedResult<R>(await this.#client.query(config));
  }
}

/** What a statement gave. */
export interface TypedResult<R> {
  readonly rows: R[];
  readonly rowCount: number | null;
}

// The driver types rows as any; a statement's row type was inferred from the query that is executed here.
function typedResult<R>(result: QueryResult): TypedResult<R> {
  return result;
}
