import type { Storage } from '../storage/storage.js';
import type { GuessLimits } from './sign-in/guess-limits.js';

/** What the pages of accounts work with. */
export interface AccountParts {
  readonly storage: Storage;
  readonly guesses: GuessLimits;
}
