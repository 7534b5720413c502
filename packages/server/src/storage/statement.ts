import { type Compilable, type Kysely, type RawBuilder, sql } from 'kysely';
import type { Dialect } from './dialect.js';
import type { Tables } from './tables/tables.js';
import type { StoredUuid } from './uuid-text.js';

/** How a parameter is handed to the driver: as it is, or as a UUID in the engine's own form. */
type ParameterKind = 'plain' | 'uuid';

/** Stands for a value in a compiled statement until it is executed. */
class NamedParameter {
  constructor(
    readonly name: string,
    readonly kind: ParameterKind,
  ) {}
}

/** Makes the placeholders of one statement; `uuid` marks a UUID text that the engine stores in its own form. */
export interface Placeholders<P> {
  <K extends keyof P & string>(name: K): RawBuilder<P[K]>;
  uuid<K extends keyof P & string>(name: K): RawBuilder<StoredUuid | Extract<P[K], null>>;
}

/** What a statement is built from. */
export interface StatementParts<P> {
  readonly db: Kysely<Tables>;
  readonly param: Placeholders<P>;
  readonly dialect: Dialect;
}

/**
 * A query that is written once with the query builder, compiled once for each engine, and executed many times with
 * named parameters: the request's path never builds SQL.
 */
export interface Statement<P, R> {
  readonly build: (parts: StatementParts<P>) => Compilable<R>;
}

/** Declares a statement with parameters `P`; its row type follows from the query. */
export function statement<P extends object>(): <R>(
  build: (parts: StatementParts<P>) => Compilable<R>,
) => Statement<P, R> {
  return (build) => ({ build });
}

/** A statement in one engine's SQL. */
export interface CompiledStatement {
  readonly sql: string;
  /** Orders named parameters as the SQL wants them. */
  readonly bind: (parameters: object) => unknown[];
}

/** Others stand in the same transaction. */
const ENDS_TRANSACTION = /^\s*(?:begin|start|commit|end|rollback|abort|savepoint|release|prepare)\b/i;

/** Compiles a statement for the engine of `db`. @throws Error for one that would begin or end a transaction */
export function compileStatement<P, R>(
  source: Statement<P, R>,
  db: Kysely<Tables>,
  dialect: Dialect,
): CompiledStatement {
  const plain = <K extends keyof P & string>(name: K) => sql<P[K]>`${new NamedParameter(name, 'plain')}`;
  const uuid = <K extends keyof P & string>(name: K) =>
    sql<StoredUuid | Extract<P[K], null>>`${new NamedParameter(name, 'uuid')}`;
  const compiled = source.build({ db, dialect, param: Object.assign(plain, { uuid }) }).compile();
  if (ENDS_TRANSACTION.test(compiled.sql)) throw new Error('a statement may not begin or end a transaction');
  return { sql: compiled.sql, bind: parameterBinder(compiled.parameters, dialect) };
}

function parameterBinder(parameters: readonly unknown[], dialect: Dialect): (values: object) => unknown[] {
  return (values) => {
    const bound = new Array<unknown>(parameters.length);
    for (let index = 0; index < parameters.length; index++) {
      bound[index] = boundValue(parameters[index], values, dialect);
    }
    return bound;
  };
}

function boundValue(parameter: unknown, values: object, dialect: Dialect): unknown {
  if (!(parameter instanceof NamedParameter)) return parameter;
  const value: unknown = Reflect.get(values, parameter.name);
  if (value === undefined) throw new Error(`statement parameter ${parameter.name} is missing`);
  return parameter.kind === 'uuid' && value !== null ? dialect.encodeUuid(String(value)) : value;
}
