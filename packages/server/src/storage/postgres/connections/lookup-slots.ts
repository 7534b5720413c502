import type { Pool, PoolClient } from 'pg';
import { isRefusal, isStatementLost } from '../postgres-fault.js';
import { Executor } from './executor.js';
import type { StatementCache } from './statement-cache.js';

/** Connections that lookups share. */
const SLOTS = 2;

/**
 * Connections for lookups, which take the server microseconds: many are on their way on one connection at once, so that
 * none waits for a connection of its own. Those of one turn of the event loop go the same way, as one packet.
 */
export class LookupSlots {
  readonly #pool: Pool;
  readonly #statements: StatementCache;
  readonly #slots: (Promise<PoolClient> | undefined)[] = new Array(SLOTS);
  #turn = 0;
  #isTurning = false;

  constructor(pool: Pool, statements: StatementCache) {
    this.#pool = pool;
    this.#statements = statements;
  }

  /** Does a lookup: where its connection fails, once more on another. @throws the driver's error */
  async read<T>(lookup: (executor: Executor) => Promise<T>): Promise<T> {
    const slot = this.#nextSlot();
    const connecting = this.#connection(slot);
    try {
      return await this.#on(connecting, lookup);
    } catch (error) {
      if (isRefusal(error) && !isStatementLost(error)) throw error;
      this.#drop(slot, connecting);
      return this.#on(this.#connection(slot), lookup);
    }
  }

  /** Gives the connections back. */
  async close(): Promise<void> {
    for (const slot of this.#slots.keys()) await this.#giveBack(slot);
  }

  #nextSlot(): number {
    if (!this.#isTurning) {
      this.#isTurning = true;
      setImmediate(() => {
        this.#isTurning = false;
        this.#turn += 1;
      });
    }
    return this.#turn % SLOTS;
  }

  async #on<T>(connecting: Promise<PoolClient>, lookup: (executor: Executor) => Promise<T>): Promise<T> {
    return lookup(new Executor(await connecting, this.#statements));
  }

  #connection(slot: number): Promise<PoolClient> {
    const known = this.#slots[slot];
    if (known !== undefined) return known;
    const connecting = this.#pool.connect();
    this.#slots[slot] = connecting;
    connecting.then(
      (client) => client.once('error', () => this.#drop(slot, connecting)),
      () => this.#forget(slot, connecting),
    );
    return connecting;
  }

  // Whoever waits for an answer on it is told by the driver. Those who come late do not drop the one that came after.
  #drop(slot: number, connecting: Promise<PoolClient>): void {
    if (this.#forget(slot, connecting)) connecting.then((client) => client.release(true), ignore);
  }

  #forget(slot: number, connecting: Promise<PoolClient>): boolean {
    if (this.#slots[slot] !== connecting) return false;
    this.#slots[slot] = undefined;
    return true;
  }

  async #giveBack(slot: number): Promise<void> {
    const connecting = this.#slots[slot];
    this.#slots[slot] = undefined;
    // One that could not be had need not be given back.
    await connecting?.then((client) => client.release(), ignore);
  }
}

function ignore(): void {}
