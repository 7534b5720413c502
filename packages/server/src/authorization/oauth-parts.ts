import type { PublicUrl } from '../http/public-url.js';
import type { Gate } from '../partner-api/gate.js';
import type { Storage } from '../storage/storage.js';

/** How long tokens live, and what becomes of those that were used. */
export interface TokenRules {
  /** Lifetime of access tokens, in seconds. */
  readonly accessTokenSeconds: number;
  /** Lifetime of refresh tokens, in seconds. */
  readonly refreshTokenSeconds: number;
  /** How long a refresh token stays good after its first use, in seconds, contract §4.4. */
  readonly refreshGraceSeconds: number;
  /** Whether a use after its end is refused alone, or ends all tokens of its family too. */
  readonly refreshReuse: 'refuse' | 'revoke';
}

/** What the endpoints of OAuth work with. */
export interface OAuthParts {
  readonly storage: Storage;
  readonly gate: Gate;
  readonly publicUrl: PublicUrl;
  readonly tokenRules: TokenRules;
}
