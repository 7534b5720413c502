import { PartnerError } from '@countersign/contract';
import type { Pool } from 'pg';
import { UnknownOutcome } from '../commit.js';
import { describePostgresFault, isRefusal, isStatementLost } from '../postgres-fault.js';
import { Executor } from './executor.js';
import { LookupSlots } from './lookup-slots.js';
import type { StatementCache } from './statement-cache.js';

/** The connections to one server: each piece of work has one to itself while it lasts, and lookups share some. */
export class Connections {
  readonly #pool: Pool;
  readonly #statements: StatementCache;
  readonly #lookups: LookupSlots;

  constructor(pool: Pool, statements: StatementCache) {
    this.#pool = pool;
    this.#statements = statements;
    this.#lookups = new LookupSlots(pool, statements);
  }

  /** Does work on a connection. @throws what the work throws; the driver's error when there is no connection */
  async use<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    // A connection that is lost while it is had says so to whoever waits for an answer, too.
    client.on('error', ignoreLoss);
    let fault: Error | undefined;
    try {
      return await work(new Executor(client, this.#statements));
    } catch (error) {
      fault = brokenBy(error);
      throw error;
    } finally {
      client.off('error', ignoreLoss);
      client.release(fault);
    }
  }

  /** Does work that changes nothing: where its connection is lost, once more on another. */
  async read<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    try {
      return await this.use(work);
    } catch (error) {
      if (isRefusal(error) && !isStatementLost(error)) throw error;
      return this.use(work);
    }
  }

  /** Does a read by key, which takes the server next to no time, beside others on one connection. */
  lookUp<T>(lookup: (executor: Executor) => Promise<T>): Promise<T> {
    return this.#lookups.read(lookup);
  }

  /** Ends every connection after what it is at. */
  async close(): Promise<void> {
    await this.#lookups.close();
    await this.#pool.end();
  }
}

function ignoreLoss(): void {}

// A connection is kept after a refusal of the server's, and dropped after anything else.
function brokenBy(error: unknown): Error | undefined {
  if (error instanceof UnknownOutcome || isStatementLost(error)) return toError(error);
  if (error instanceof PartnerError || isRefusal(error)) return undefined;
  return describePostgresFault(error) === undefined ? undefined : toError(error);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('the connection failed');
}
