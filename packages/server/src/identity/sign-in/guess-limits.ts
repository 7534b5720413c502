import { addressKey } from '../../partner-api/address-key.js';
import { type Count, type Limiter, secondsLeft } from '../../shared-state/limiter.js';
import type { SharedState } from '../../shared-state/shared-state.js';
import { emailKey } from '../../storage/customers/email-key.js';

/** Wrong passwords for one account before further tries have to wait. */
const FREE_TRIES = 10;
/** The first wait, in seconds; each further try doubles it. */
const FIRST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 15 * 60;
/** How long wrong passwords are remembered, in seconds. */
const MEMORY_SECONDS = 24 * 60 * 60;
/** Wrong passwords a minute from one address. */
const TRIES_PER_ADDRESS = 30;
const ADDRESS_SECONDS = 60;

/** A try to sign in that may go on. */
export interface AdmittedTry {
  /** The password was right: what was counted is taken back. */
  succeed(): Promise<void>;
}

/** A try that has to wait; for accounts that are not there as for those that are. */
export interface RefusedTry {
  readonly retryAfterSeconds: number;
}

/**
 * Slows guessing of passwords, per account and per address. Each try is counted as wrong before the password is looked
 * at, so that a thousand at once are no more than ten.
 */
export class GuessLimits {
  readonly #nameOf: SharedState['nameOf'];
  readonly #wrong: Limiter;
  readonly #waits: Limiter;
  readonly #addresses: Limiter;

  constructor({ nameOf, openLimiter }: Pick<SharedState, 'nameOf' | 'openLimiter'>) {
    this.#nameOf = nameOf;
    this.#wrong = openLimiter({ name: 'wrong-passwords', points: Number.MAX_SAFE_INTEGER, seconds: MEMORY_SECONDS });
    this.#waits = openLimiter({ name: 'waits', points: 1, seconds: FIRST_WAIT_SECONDS });
    this.#addresses = openLimiter({ name: 'guesses', points: TRIES_PER_ADDRESS, seconds: ADDRESS_SECONDS });
  }

  /** Counts a try for an account from an address. */
  async admit(email: string, fromAddress: string): Promise<AdmittedTry | RefusedTry> {
    const account = this.#nameOf(emailKey(email));
    const address = this.#nameOf(addressKey(fromAddress));
    const fromThere = await this.#addresses.count(address);
    if (fromThere.isOver) return refusal(fromThere);
    const waiting = await this.#waits.find(account);
    if (waiting !== undefined && waiting.counted > 0) return refusal(waiting);
    const { counted } = await this.#wrong.count(account);
    if (counted > FREE_TRIES) {
      const wait = await this.#waits.count(account, { seconds: waitSeconds(counted - FREE_TRIES - 1) });
      if (wait.isOver) return refusal(wait);
    }
    return {
      succeed: async () => {
        await this.#addresses.takeBack(address);
        await this.#wrong.forget(account);
        await this.#waits.forget(account);
      },
    };
  }
}

function waitSeconds(doublings: number): number {
  return Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** Math.min(doublings, 10));
}

function refusal(count: Count): RefusedTry {
  return { retryAfterSeconds: secondsLeft(count) };
}

/** What a person is told who has to wait. */
export function waitSentence({ retryAfterSeconds }: RefusedTry): string {
  const time = retryAfterSeconds < 90 ? `${retryAfterSeconds} seconds` : `${Math.ceil(retryAfterSeconds / 60)} minutes`;
  return `Too many tries. Wait ${time}, then try again.`;
}
