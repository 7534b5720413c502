import type { PublicUrl } from '../http/public-url.js';
import type { Gate } from '../partner/gate.js';
import type { Storage } from '../storage/storage.js';

/** What the endpoints of OAuth work with. */
export interface OAuthParts {
  readonly storage: Storage;
  readonly gate: Gate;
  readonly publicUrl: PublicUrl;
  /** Lifetime of access tokens, in seconds. */
  readonly accessTokenSeconds: number;
  /** Lifetime of refresh tokens, in seconds. */
  readonly refreshTokenSeconds: number;
}
