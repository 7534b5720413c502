import { Redis, type RedisOptions, ReplyError } from 'ioredis';
import type { Logger } from 'pino';
import { InvalidSetting } from '../setting-values.js';

/** How long requests wait for an answer, in milliseconds; then the connection counts as lost, and a new one is made. */
const ANSWER_MS = 200;
/** How often it is looked whether an answer came. */
const LOOKS = 4;
/** How long each step of making a connection may take, in milliseconds. */
const CONNECT_MS = 1_000;
/** The longest pause between two tries to connect, in milliseconds. */
const LONGEST_PAUSE_MS = 1_000;
/** How long Redis counts as away after it refused a command that it should take, in milliseconds. */
const REFUSAL_MS = 5_000;

/** What Redis says at the start when the setting is wrong: who connects, with what, or to which database. */
const WRONG_SETTING = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR (?:invalid password|AUTH|DB index|invalid DB index))/;

const OPTIONS = {
  lazyConnect: true,
  connectionName: 'countersign',
  connectTimeout: CONNECT_MS,
  socketTimeout: CONNECT_MS,
  disconnectTimeout: 1,
  // Nothing waits for a connection, and nothing is sent twice: what was counted unheard would count again.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  // What the requests of one turn of the event loop send, goes out together.
  enableAutoPipelining: true,
  autoResubscribe: false,
  retryStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, LONGEST_PAUSE_MS),
} satisfies RedisOptions;

/**
 * A connection to Redis that nobody has to wait for: work is done with it while it answers, and otherwise at once
 * without it, until it is back. An outage is logged once, and its end once.
 */
export class RedisConnection {
  readonly client: Redis;
  readonly #log: Logger;
  #isAway = false;
  #isOpen = false;
  /** Why the connection was lost last. */
  #fault: Error | undefined;
  /** What Redis has against the setting. */
  #objection: string | undefined;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #isWatched = false;
  /** Pieces of work that wait for an answer, and those that had theirs. */
  #waiting = 0;
  #answered = 0;

  private constructor(url: string, log: Logger) {
    this.#log = log;
    this.client = new Redis(url, OPTIONS);
    this.client.on('error', (error: Error) => {
      this.#fault = error;
      if (WRONG_SETTING.test(error.message)) this.#objection = error.message;
    });
    this.client.on('close', () => this.#leave(this.#fault));
    this.client.on('ready', () => this.#return());
  }

  /**
   * Connects. A Redis that does not answer now is taken up when it does.
   *
   * @throws InvalidSetting when Redis answers and refuses user, password or database
   */
  static async open(url: string, log: Logger): Promise<RedisConnection> {
    const connection = new RedisConnection(url, log);
    await connection.client.connect().catch(() => undefined);
    const objection = connection.#objection;
    if (objection !== undefined) {
      connection.close();
      throw new InvalidSetting('COUNTERSIGN_REDIS_URL', `is refused by Redis: ${objection.replace(/\.?$/, '.')}`);
    }
    connection.#isOpen = true;
    if (connection.client.status !== 'ready') connection.#leave(connection.#fault);
    return connection;
  }

  /** Whether work is done without Redis. */
  get isAway(): boolean {
    return this.#isAway || this.client.status !== 'ready';
  }

  /** Does the work, or what stands in for it when Redis is away or fails meanwhile. */
  async attempt<T>(work: () => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
    if (this.client.status !== 'ready') return otherwise();
    this.#waiting += 1;
    if (!this.#isWatched) this.#watch();
    try {
      const result = await work();
      this.#answered += 1;
      if (this.#isAway && performance.now() - this.#refusedAt > REFUSAL_MS) this.#return();
      return result;
    } catch (error) {
      const isRefusal = error instanceof ReplyError;
      if (isRefusal) this.#refusedAt = performance.now();
      this.#leave(isRefusal ? error : this.#fault);
      return otherwise();
    } finally {
      this.#waiting -= 1;
    }
  }

  // One timer for all that waits, in several steps: while this process itself is held up, only one of them passes, and what
  // has arrived by then is taken first.
  #watch(looksLeft = LOOKS, answered = this.#answered): void {
    this.#isWatched = true;
    const look = () => {
      this.#isWatched = false;
      if (this.#waiting === 0) return;
      if (this.#answered > answered) this.#watch();
      else if (looksLeft > 1) this.#watch(looksLeft - 1, answered);
      else this.#giveUp();
    };
    setTimeout(() => setImmediate(look), ANSWER_MS / LOOKS).unref();
  }

  #giveUp(): void {
    this.#fault = new Error(`no answer within ${ANSWER_MS} ms`);
    this.client.disconnect(true);
  }

  close(): void {
    this.#isOpen = false;
    this.client.disconnect();
  }

  #leave(reason: unknown): void {
    if (this.#isAway || !this.#isOpen) return;
    this.#isAway = true;
    const told = reason instanceof Error ? reason.message : 'the connection was closed';
    this.#log.warn({ reason: told }, 'Redis is away; each process limits for itself meanwhile');
  }

  #return(): void {
    this.#fault = undefined;
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#log.warn('Redis is back; limits are shared again');
  }
}
