import type { AppDirectory } from './app-directory.js';
import type { RateLimits } from './rate-limits.js';
import type { TokenDirectory } from './token-directory.js';

/** What authentication works with. */
export interface Gate {
  readonly apps: AppDirectory;
  readonly tokens: TokenDirectory;
  readonly limits: RateLimits;
  /** Whether a wrong signature is explained, contract §2. */
  readonly isDevelopment: boolean;
}
