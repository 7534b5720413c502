import { PartnerError } from '@countersign/contract';
import { LRUCache } from 'lru-cache';
import { type AccessToken, findAccessToken, noteGrantUse } from '../authorization/tokens/token-store.js';
import { tokenHash } from '../identity/credentials.js';
import type { SharedState } from '../shared-state/shared-state.js';
import type { Storage } from '../storage/storage.js';

/** How long a token is taken as it was last read, in milliseconds: a revoked one stops within a second. */
const FRESH_MS = 1_000;
/** Tokens kept at once. */
const KEPT_TOKENS = 100_000;
/** How exactly the last use of a grant is known, in milliseconds. */
const NOTED_EVERY_MS = 60_000;
/** RFC 6750 §2.1; anything longer than this is no token of ours. */
const BEARER = /^Bearer +([\w.~+/-]{1,512}=*)$/i;

/** When a token is asked for, and what has to be over before it costs a read. */
export interface TokenRequest {
  readonly nowMs: number;
  /** Where it throws, the token is not read, and the same is thrown here. */
  readonly readAfter: Promise<unknown>;
}

/** Access tokens by hash, kept for a second: one that was seen just before costs no read. */
export class TokenDirectory {
  readonly #storage: Storage;
  readonly #shared: SharedState;
  readonly #tokens = new LRUCache<string, AccessToken>({ max: KEPT_TOKENS, ttl: FRESH_MS });
  /** How often all was forgotten: what was read before the last time is not kept. */
  #forgotten = 0;

  constructor(storage: Storage, shared: SharedState) {
    this.#storage = storage;
    this.#shared = shared;
    shared.onNotice(({ about }) => {
      if (about === 'tokens-ended') this.#forgetHere();
    });
  }

  /**
   * The token of an `Authorization` header, contract §1.2.
   *
   * @throws PartnerError `missing_token`, `invalid_token`, `token_expired`; what `readAfter` throws
   */
  async require(authorization: string | undefined, request: TokenRequest): Promise<AccessToken> {
    if (authorization === undefined || authorization === '') throw new PartnerError('missing_token');
    const text = BEARER.exec(authorization)?.[1];
    if (text === undefined)
      throw new PartnerError('invalid_token', 'The Authorization header must be "Bearer <accessToken>".');
    const token = await this.#find(tokenHash(text), request);
    if (token === undefined || token.isRevoked) throw new PartnerError('invalid_token');
    if (token.expiresAt <= request.nowMs) throw new PartnerError('token_expired');
    return token;
  }

  /** Takes no token as it was read before, in this process or another: after tokens were ended by this very process. */
  async forget(): Promise<void> {
    this.#forgetHere();
    await this.#shared.tell({ about: 'tokens-ended' });
  }

  #forgetHere(): void {
    this.#forgotten += 1;
    this.#tokens.clear();
  }

  async #find(hash: string, { nowMs, readAfter }: TokenRequest): Promise<AccessToken | undefined> {
    const known = this.#tokens.get(hash);
    if (known !== undefined) return known;
    await readAfter;
    const start = performance.now();
    const forgotten = this.#forgotten;
    const token = await findAccessToken(this.#storage, hash);
    if (token === undefined) return undefined;
    await this.#noteUse(token, nowMs);
    if (forgotten === this.#forgotten) this.#tokens.set(hash, token, { start });
    return token;
  }

  async #noteUse({ grantId, grantUsedAt, isRevoked, expiresAt }: AccessToken, nowMs: number): Promise<void> {
    if (isRevoked || expiresAt <= nowMs || nowMs - grantUsedAt < NOTED_EVERY_MS) return;
    try {
      await this.#storage.write(noteGrantUse, { grantId, now: nowMs });
    } catch (error) {
      // A storage that cannot write still serves reads.
      if (!(error instanceof PartnerError && error.code === 'unavailable')) throw error;
    }
  }
}
