import type { QueryConfig } from 'pg';
import { type CompiledStatement, compileStatement, type Statement } from '../../statement.js';
import { postgresBuilder, postgresDialect } from '../postgres-dialect.js';

interface NamedStatement {
  readonly name: string;
  readonly compiled: CompiledStatement;
}

/**
 * Statements in PostgreSQL's SQL, each compiled once and known to the server by a name of its own. Without names, as behind
 * a pooler that hands out another connection for each transaction, the server reads the text each time.
 */
export class StatementCache {
  readonly #statements = new WeakMap<object, NamedStatement>();
  readonly #names = new Map<string, string>();
  readonly #usesNames: boolean;
  #next = 1;

  constructor(options: { readonly usesNames: boolean }) {
    this.#usesNames = options.usesNames;
  }

  /** A statement with its parameters, as the driver takes it. */
  bind<P extends object, R>(query: Statement<P, R>, parameters: P): QueryConfig {
    const { name, compiled } = this.#find(query);
    const values = compiled.bind(parameters);
    return this.#usesNames ? { name, text: compiled.sql, values } : { text: compiled.sql, values };
  }

  /** SQL text with positional parameters. */
  bindText(text: string, values: unknown[]): QueryConfig {
    if (!this.#usesNames) return { text, values };
    const name = this.#names.get(text) ?? `t${this.#names.size + 1}`;
    this.#names.set(text, name);
    return { name, text, values };
  }

  #find<P, R>(query: Statement<P, R>): NamedStatement {
    const known = this.#statements.get(query);
    if (known !== undefined) return known;
    const compiled = compileStatement(query, postgresBuilder, postgresDialect);
    const named = { name: `s${this.#next++}`, compiled };
    this.#statements.set(query, named);
    return named;
  }
}

/** Whether a parameter has a NUL, which no text that is stored has: nothing equals it, and the server refuses to look. */
export function matchesNothing(parameters: object): boolean {
  for (const value of Object.values(parameters)) {
    if (typeof value === 'string' && value.includes('\0')) return true;
  }
  return false;
}
