import { setTimeout as wait } from 'node:timers/promises';
import { describePostgresFault, isConflict } from '../postgres-fault.js';
import type { Connections } from './connections.js';

/** How often the replica is asked whether it has caught up, before the primary is read instead. */
const LOOKS = 3;
/** Time between two looks, in milliseconds. */
const LOOK_EVERY_MS = 10;
/** How long a replica that failed is left alone, in milliseconds. */
const REST_MS = 5_000;

/** SQL that tells a primary how far its log is on disk: every change that was answered lies before. */
const FLUSHED = 'select pg_current_wal_flush_lsn()::text as lsn';
/** SQL that tells a replica whether it has replayed the log up to a place. */
const IS_CURRENT = 'select pg_last_wal_replay_lsn() >= $1::pg_lsn as is_current';

/** What of a replica is told. */
export interface ReplicaEvents {
  /** It does not answer; it is left alone for a while, again and again. */
  onReplicaLost(error: Error): void;
}

/**
 * A streaming replica to read from. It is read only once it has replayed all that the primary had on disk when the read
 * began, so that nobody misses a change that was answered before, whichever process made it.
 */
export class Replica {
  readonly #connections: Connections;
  readonly #events: ReplicaEvents;
  #restsUntil = 0;
  #isLost = false;

  constructor(connections: Connections, events: ReplicaEvents) {
    this.#connections = connections;
    this.#events = events;
  }

  /** Does a read here when the replica has caught up with its primary in time, and there when not. */
  async readOr<T>(primary: Connections, work: (connections: Connections) => Promise<T>): Promise<T> {
    if (Date.now() < this.#restsUntil) return work(primary);
    const { rows } = await primary.read((executor) => executor.executeText<{ lsn: string }>(FLUSHED, []));
    try {
      const isCurrent = await this.#catchesUp(rows[0]?.lsn);
      this.#isLost = false;
      if (isCurrent) return await work(this.#connections);
    } catch (error) {
      // A replica ends reads that are in the way of what it replays.
      if (!isConflict(error)) this.#lose(error);
    }
    return work(primary);
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #catchesUp(lsn: string | undefined): Promise<boolean> {
    for (let look = 1; look <= LOOKS; look++) {
      if (look > 1) await wait(LOOK_EVERY_MS);
      const { rows } = await this.#connections.use((executor) =>
        executor.executeText<{ is_current: boolean | null }>(IS_CURRENT, [lsn]),
      );
      // Null where it is no replica: it replays nothing.
      if (rows[0]?.is_current === true) return true;
    }
    return false;
  }

  // Goes on without it. @throws the error when it is not the fault of the replica
  #lose(error: unknown): void {
    if (describePostgresFault(error) === undefined || !(error instanceof Error)) throw error;
    this.#restsUntil = Date.now() + REST_MS;
    if (!this.#isLost) this.#events.onReplicaLost(error);
    this.#isLost = true;
  }
}
