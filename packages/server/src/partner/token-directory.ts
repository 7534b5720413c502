import { PartnerError } from '@countersign/contract';
import { LRUCache } from 'lru-cache';
import type { Reader } from '../storage/storage.js';
import { tokenHash } from '../teams/credentials.js';
import { type AccessToken, findAccessToken } from '../teams/token-store.js';

/** How long a token is taken as it was last read, in milliseconds: a revoked one stops within a second. */
const FRESH_MS = 1_000;
/** Tokens kept at once. */
const KEPT_TOKENS = 100_000;
/** RFC 6750 §2.1; anything longer than this is no token of ours. */
const BEARER = /^Bearer +([\w.~+/-]{1,512}=*)$/i;

/** Access tokens by hash, kept for a second: one that was seen just before costs no read. */
export class TokenDirectory {
  readonly #reader: Reader;
  readonly #tokens = new LRUCache<string, AccessToken>({ max: KEPT_TOKENS, ttl: FRESH_MS });

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /**
   * The token of an `Authorization` header, contract §1.2.
   *
   * @throws PartnerError `missing_token`, `invalid_token`, `token_expired`
   */
  async require(authorization: string | undefined, nowMs: number): Promise<AccessToken> {
    if (authorization === undefined || authorization === '') throw new PartnerError('missing_token');
    const text = BEARER.exec(authorization)?.[1];
    if (text === undefined)
      throw new PartnerError('invalid_token', 'The Authorization header must be "Bearer <accessToken>".');
    const token = await this.#find(tokenHash(text));
    if (token === undefined || token.isRevoked) throw new PartnerError('invalid_token');
    if (token.expiresAt <= nowMs) throw new PartnerError('token_expired');
    return token;
  }

  async #find(hash: string): Promise<AccessToken | undefined> {
    const known = this.#tokens.get(hash);
    if (known !== undefined) return known;
    const token = await findAccessToken(this.#reader, hash);
    if (token !== undefined) this.#tokens.set(hash, token);
    return token;
  }
}
