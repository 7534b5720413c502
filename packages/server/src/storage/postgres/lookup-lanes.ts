import type { Pool, PoolClient } from 'pg';
import { Executor } from './executor.js';
import { isRefusal, isStatementLost } from './postgres-fault.js';
import type { StatementCache } from './statement-cache.js';

/** Connections that lookups share. */
const LANES = 2;

/**
 * Connections for lookups, which take the server microseconds: many are on their way on one connection at once, so that
 * none waits for a connection of its own. Those of one turn of the event loop go the same way, as one packet.
 */
export class LookupLanes {
  readonly #pool: Pool;
  readonly #statements: StatementCache;
  readonly #lanes: (Promise<PoolClient> | undefined)[] = new Array(LANES);
  #turn = 0;
  #isTurning = false;

  constructor(pool: Pool, statements: StatementCache) {
    this.#pool = pool;
    this.#statements = statements;
  }

  /** Does a lookup: where its connection is lost, once more on another. @throws the driver's error */
  async read<T>(lookup: (executor: Executor) => Promise<T>): Promise<T> {
    const lane = this.#nextLane();
    try {
      return await lookup(await this.#executor(lane));
    } catch (error) {
      if (isRefusal(error) && !isStatementLost(error)) throw error;
      if (isStatementLost(error)) this.#drop(lane);
      return lookup(await this.#executor(lane));
    }
  }

  /** Gives the connections back. */
  async close(): Promise<void> {
    for (const lane of this.#lanes.keys()) await this.#giveBack(lane);
  }

  #nextLane(): number {
    if (!this.#isTurning) {
      this.#isTurning = true;
      setImmediate(() => {
        this.#isTurning = false;
        this.#turn += 1;
      });
    }
    return this.#turn % LANES;
  }

  async #executor(lane: number): Promise<Executor> {
    let connecting = this.#lanes[lane];
    if (connecting === undefined) {
      connecting = this.#connect(lane);
      this.#lanes[lane] = connecting;
    }
    return new Executor(await connecting, this.#statements);
  }

  async #connect(lane: number): Promise<PoolClient> {
    try {
      const client = await this.#pool.connect();
      client.once('error', (error) => this.#drop(lane, error));
      return client;
    } catch (error) {
      this.#lanes[lane] = undefined;
      throw error;
    }
  }

  // Whoever waits for an answer is told by the driver.
  #drop(lane: number, error = new Error('the connection knows a statement otherwise')): void {
    const connecting = this.#lanes[lane];
    this.#lanes[lane] = undefined;
    connecting?.then((client) => client.release(error)).catch(() => undefined);
  }

  async #giveBack(lane: number): Promise<void> {
    const connecting = this.#lanes[lane];
    this.#lanes[lane] = undefined;
    try {
      (await connecting)?.release();
    } catch {
      // It could not be had; there is nothing to give back.
    }
  }
}
