import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { addressKey } from '../partner/address-key.js';
import { consumePoint, secondsToWait } from '../partner/consume-point.js';
import { emailKey } from '../storage/fold-case.js';

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
  readonly #wrong = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: MEMORY_SECONDS });
  readonly #waits = new RateLimiterMemory({ points: 1, duration: FIRST_WAIT_SECONDS });
  readonly #addresses = new RateLimiterMemory({ points: TRIES_PER_ADDRESS, duration: ADDRESS_SECONDS });

  /** Counts a try for an account from an address. */
  async admit(email: string, fromAddress: string): Promise<AdmittedTry | RefusedTry> {
    const account = emailKey(email);
    const address = addressKey(fromAddress);
    const fromThere = await consumePoint(this.#addresses, address);
    if (fromThere.consumedPoints > TRIES_PER_ADDRESS) return refusal(fromThere);
    const waiting = await this.#waits.get(account);
    if (waiting !== null && waiting.consumedPoints > 0) return refusal(waiting);
    const { consumedPoints } = await this.#wrong.consume(account);
    if (consumedPoints > FREE_TRIES) {
      const customDuration = waitSeconds(consumedPoints - FREE_TRIES - 1);
      const wait = await consumePoint(this.#waits, account, { customDuration });
      if (wait.consumedPoints > 1) return refusal(wait);
    }
    return {
      succeed: async () => {
        await this.#addresses.reward(address);
        await this.#wrong.delete(account);
        await this.#waits.delete(account);
      },
    };
  }
}

function waitSeconds(doublings: number): number {
  return Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** Math.min(doublings, 10));
}

function refusal(result: RateLimiterRes): RefusedTry {
  return { retryAfterSeconds: secondsToWait(result) };
}

/** What a person is told who has to wait. */
export function waitSentence({ retryAfterSeconds }: RefusedTry): string {
  const time = retryAfterSeconds < 90 ? `${retryAfterSeconds} seconds` : `${Math.ceil(retryAfterSeconds / 60)} minutes`;
  return `Too many tries. Wait ${time}, then try again.`;
}
