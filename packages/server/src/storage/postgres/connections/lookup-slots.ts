import type { Pool, PoolClient } from 'pg';
import { isRefusal, isStatementLost } from '../postgres-fault.js';
import { Executor } from './executor.js';
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

  /** Does a lookup: where its connection fails, once more on another. @throws the driver's error */
  async read<T>(lookup: (executor: Executor) => Promise<T>): Promise<T> {
    const lane = this.#nextLane();
    const connecting = this.#connection(lane);
    try {
      return await this.#on(connecting, lookup);
    } catch (error) {
      if (isRefusal(error) && !isStatementLost(error)) throw error;
      this.#drop(lane, connecting);
      return this.#on(this.#connection(lane), lookup);
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

  async #on<T>(connecting: Promise<PoolClient>, lookup: (executor: Executor) => Promise<T>): Promise<T> {
    return lookup(new Executor(await connecting, this.#statements));
  }

  #connection(lane: number): Promise<PoolClient> {
    const known = this.#lanes[lane];
    if (known !== undefined) return known;
    const connecting = this.#pool.connect();
    this.#lanes[lane] = connecting;
    connecting.then(
      (client) => client.once('error', () => this.#drop(lane, connecting)),
      () => this.#forget(lane, connecting),
    );
    return connecting;
  }

  // Whoever waits for an answer on it is told by the driver. Those who come late do not drop the one that came after.
  #drop(lane: number, connecting: Promise<PoolClient>): void {
    if (this.#forget(lane, connecting)) connecting.then((client) => client.release(true), ignore);
  }

  #forget(lane: number, connecting: Promise<PoolClient>): boolean {
    if (this.#lanes[lane] !== connecting) return false;
    this.#lanes[lane] = undefined;
    return true;
  }

  async #giveBack(lane: number): Promise<void> {
    const connecting = this.#lanes[lane];
    this.#lanes[lane] = undefined;
    // One that could not be had need not be given back.
    await connecting?.then((client) => client.release(), ignore);
  }
}

function ignore(): void {}
